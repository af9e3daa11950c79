package snapshot

import (
	"reflect"
	"testing"
)

func TestChangesAreReadAsTheyWereWritten(t *testing.T) {
	for _, c := range []Changes{
		{},
		{Objects: []Object{{1, 5}, {4, 1<<40 + 7}}},
		{Objects: []Object{{0, 0}}, Scopes: []Scope{{2, 3}, {3, 1 << 20}}},
	} {
		if got, err := Decode(c.Encode()); err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("%v became %v, %v", c, got, err)
		}
	}
	if c, err := Decode(nil); err != nil || len(c.Objects)+len(c.Scopes) > 0 {
		t.Errorf("a commit without changes: %v %v", c, err)
	}
}

func TestChangesThatAreTooManyOrUnknownAreRefused(t *testing.T) {
	tooMany := Changes{Objects: make([]Object, maxLogged+1)}
	for name, encoded := range map[string][]byte{
		"too many": tooMany.Encode(), "of another program": {99, 1}, "cut": {formatList, 1}, "overlong": {formatList, 1, 0xFF, 0xFF},
	} {
		if _, err := Decode(encoded); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{formatList, 1, 5, 2 | scopeFlag, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := Decode(b); err == nil && len(c.Objects)+len(c.Scopes) > len(b) {
			t.Errorf("%v from %d bytes", c, len(b))
		}
	})
}
