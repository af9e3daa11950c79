package onapp

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func TestScalarsKeepTheirType(t *testing.T) {
	for given, want := range map[string]string{
		`1`: `1`, `"1"`: `1`, `" 1 "`: `1`, `"007"`: `7`, `"-0.50"`: `-0.50`, `"00.5"`: `0.5`, `0`: `0`, `"000"`: `0`, `-3`: `-3`,
		`true`: `true`, `"false"`: `false`, `null`: `null`, `""`: `null`, `"all"`: `"all"`, `"1e5"`: `"1e5"`,
		`"1234567890123"`: `"1234567890123"`,
		`1e5`:             ``, `1234567890123`: ``, `[]`: ``, `{}`: ``, `"` + strings.Repeat("x", maxText+1) + `"`: ``,
	} {
		v, err := wire.ParseJSON([]byte(given), wire.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := scalarText(v); string(got) != want || ok != (want != "") {
			t.Errorf("%s: %s, %t, want %s", given, got, ok, want)
		}
	}
}

func TestScalarsAreBounded(t *testing.T) {
	w := newFixture(t)
	var names []string
	for i := range maxScalars + 1 {
		names = append(names, fmt.Sprintf(`"n%d":1`, i))
	}
	body := `{"rate_card":{"type":"x","prices":{` + strings.Join(names, ",") + `}}}`
	wantStatus(t, w.as("auth", "POST /billing/buckets/1/rate_cards.json", body), 422)
	for _, name := range []string{"", "A", "a b", "1a", "_a", "a<", strings.Repeat("a", 65)} {
		body := `{"rate_card":{"type":"x","prices":{"` + name + `":1}}}`
		wantStatus(t, w.as("auth", "POST /billing/buckets/1/rate_cards.json", body), 422)
	}
}

// FuzzKeptValues keeps what any JSON body says of an organization, an access control and a base
// resource. What is kept must survive the store and be a document in both formats.
func FuzzKeptValues(f *testing.F) {
	for _, seed := range []string{
		`{"label":"x","full_name":"007","hypervisor_id":"3","admin_password":"y"}`, `{"limits":{"limit_cpu":"8","a":null}}`,
		`{"resource_class":"x","prices":{"price":0.50,"b":true,"c":"<&>"},"target_id":-1}`, `{"limits":[1]}`, `{"limits":{"A":1}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := wire.ParseJSON([]byte(text), wire.Limits{}.WithDefaults())
		if err != nil {
			return
		}
		var (
			organization organizationBody
			item         bucketItem
			resource     baseResource
		)
		faults := organization.set(v)
		faults = append(faults, accessControls.apply(&item, v)...)
		faults = append(faults, resource.apply(v)...)
		for _, fault := range faults {
			if sentence(fault) == "" {
				t.Fatalf("no words for %+v", fault)
			}
		}
		for _, kept := range []scalars{organization.Values, item.Values, item.Preferences, resource.Limits, resource.Prices} {
			checkKept(t, kept)
		}
	})
}

func checkKept(t *testing.T, kept scalars) {
	t.Helper()
	var again scalars
	if err := json.Unmarshal(encodeStored(kept), &again); err != nil || len(again) != len(kept) {
		t.Fatalf("%s cannot be stored: %v", kept, err)
	}
	j, x := railsxml.NewJSON(railsxml.JSONOptions{}), railsxml.NewXML(railsxml.XMLOptions{})
	for _, e := range []railsxml.Emitter{j, x} {
		e.Hash()
		again.write(e.(stream), "values")
		e.End()
	}
	if !json.Valid(j.Bytes()) {
		t.Fatalf("not JSON: %s", j.Bytes())
	}
	if err := xml.Unmarshal(x.Bytes(), new(struct{})); err != nil {
		t.Fatalf("not XML: %v: %s", err, x.Bytes())
	}
}
