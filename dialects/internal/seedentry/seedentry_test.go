package seedentry_test

import (
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/dragoman-gateway/dragoman/dialects/internal/seedentry"
)

func TestAnEntryIsARequestBody(t *testing.T) {
	t.Parallel()
	var e seedentry.Entry
	const text = "{id: 7, label: staff, schema: [{name: title, type: string}], ratio: 1.5, closed: false, group: null}"
	if err := yaml.Unmarshal([]byte(text), &e); err != nil {
		t.Fatal(err)
	}
	v, err := e.Object()
	const want = `{"closed":false,"group":null,"id":7,"label":"staff","ratio":1.5,"schema":[{"name":"title","type":"string"}]}`
	if err != nil || string(v.JSON()) != want {
		t.Errorf("%s, %v", v.JSON(), err)
	}
	if n, err := e.Number(); n != 7 || err != nil {
		t.Errorf("number %d, %v", n, err)
	}
}

func TestAnIDIsAWholeNumber(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{"label: a": true, "id: 1": true, "id: 0": false, "id: -1": false, "id: 1.5": false, "id: seven": false, "id: 9999999999999": false} {
		var e seedentry.Entry
		if err := yaml.Unmarshal([]byte(text), &e); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Number(); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestWhatJSONCannotHoldIsRefused(t *testing.T) {
	t.Parallel()
	e := seedentry.Entry{"a": map[any]any{1: 2}}
	if _, err := e.Object(); err == nil {
		t.Error("a key that is a number is taken")
	}
}
