package onapp

import (
	"fmt"
	"strings"
	"testing"

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
