package core_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
)

func TestActive(t *testing.T) {
	now := coretest.Start
	cases := map[string]struct {
		user core.User
		want bool
	}{
		"enabled is active":                    {core.User{Enabled: true}, true},
		"disabled is not":                      {core.User{}, false},
		"deleted is not":                       {core.User{Enabled: true, DeletedAt: now}, false},
		"a moment before the end is active":    {core.User{Enabled: true, EnabledUntil: now.Add(time.Microsecond)}, true},
		"the end itself is not":                {core.User{Enabled: true, EnabledUntil: now}, false},
		"an end to come does not enable again": {core.User{EnabledUntil: now.Add(time.Hour)}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := c.user.Active(now); got != c.want {
				t.Errorf("Active = %v, want %v", got, c.want)
			}
		})
	}
}

func TestClonedUserIsIndependent(t *testing.T) {
	u := coretest.User("ann")
	u.Attributes.Set("age", "1")
	u.SetHandle("x.key", "k")
	u.Facets.Set("x", []byte("{}"))
	c := u.Clone()
	c.Attributes.Set("age", "2")
	c.SetHandle("x.key", "other")
	c.Facets.Set("x", []byte("[]"))
	if v, _ := u.Attributes.Get("age"); v != "1" || u.Handle("x.key") != "k" || string(u.Facets.Get("x").Text()) != "{}" {
		t.Errorf("changing the clone changed the original: %+v", u)
	}
}

func TestAttributesKeepTheirOrder(t *testing.T) {
	var as core.Attributes
	for _, name := range []string{"b", "a", "c"} {
		as.Set(name, `"`+name+`"`)
	}
	as.Set("a", "1.0")
	as.Delete("b")
	as.Delete("nobody")
	as.Set("b", "null")
	want := core.Attributes{{Name: "a", Value: "1.0"}, {Name: "c", Value: `"c"`}, {Name: "b", Value: "null"}}
	if diff := cmp.Diff(want, as); diff != "" {
		t.Error(diff)
	}
}

func TestDeleteLeavesASharedSliceAlone(t *testing.T) {
	shared := core.Attributes{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}, {Name: "c", Value: "3"}}
	mine := shared
	mine.Delete("a")
	if shared[0].Name != "a" || shared[1].Name != "b" {
		t.Errorf("a reader's attributes changed: %v", shared)
	}
}

func TestDocumentIsDecodedOnce(t *testing.T) {
	calls := 0
	decode := func(text []byte) (int, error) { calls++; return len(text), nil }
	d := core.NewDocument([]byte("four"))
	for range 3 {
		if n, err := core.Decoded(d, decode); n != 4 || err != nil {
			t.Fatalf("Decoded = %d, %v", n, err)
		}
	}
	if calls != 1 {
		t.Errorf("decoded %d times, want once", calls)
	}
	if n, err := core.Decoded[int](nil, decode); n != 0 || err != nil {
		t.Errorf("a nil document decodes as nothing: got %d, %v", n, err)
	}
}

func TestFailedDecodingIsTriedAgain(t *testing.T) {
	d, calls := core.NewDocument([]byte("x")), 0
	decode := func([]byte) (int, error) { calls++; return 0, errors.New("no") }
	for range 2 {
		if _, err := core.Decoded(d, decode); err == nil {
			t.Fatal("the decoder's error is lost")
		}
	}
	if calls != 2 {
		t.Errorf("decoded %d times, want 2", calls)
	}
}

func TestFoldMakesCasesEqual(t *testing.T) {
	for _, pair := range [][2]string{{"ANN", "ann"}, {"ÄÖÜ", "äöü"}, {"Анна", "аННа"}} {
		if core.Fold(pair[0]) != core.Fold(pair[1]) {
			t.Errorf("%q and %q fold apart", pair[0], pair[1])
		}
	}
}

func TestErrorSaysFieldAndRule(t *testing.T) {
	err := fmt.Errorf("outer: %w", core.NewInvalid(core.Fault{Field: core.FieldEmail, Rule: core.Taken}))
	if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "email taken") {
		t.Errorf("got kind %v, text %q", core.KindOf(err), err)
	}
	if core.NewInvalid() != nil {
		t.Error("no faults must be no error")
	}
	if core.KindOf(io.EOF) != core.Internal {
		t.Error("a stranger's error must be Internal")
	}
}

func TestErrorsCompareByKind(t *testing.T) {
	err := &core.Error{Kind: core.NotFound, Subject: "user", Err: io.EOF}
	if !errors.Is(err, core.ErrNotFound) || errors.Is(err, core.ErrStale) || !errors.Is(err, io.EOF) {
		t.Errorf("%v compares wrongly", err)
	}
}

func TestEveryKindAndRuleHasAWord(t *testing.T) {
	words := map[string]bool{}
	for _, k := range core.Kinds() {
		words[(&core.Error{Kind: k}).Error()] = true
	}
	for _, r := range core.Rules() {
		words[(&core.Error{Faults: []core.Fault{{Rule: r}}}).Error()] = true
	}
	if len(words) != len(core.Kinds())+len(core.Rules()) {
		t.Errorf("some kinds or rules share a word: %v", words)
	}
}

func TestNewKeyUsesTheWholeAlphabetEvenly(t *testing.T) {
	d := core.New(core.Config{Rand: coretest.Rand(7)})
	counts := map[rune]int{}
	for _, c := range d.NewKey("abc", 30000) {
		counts[c]++
	}
	for _, c := range "abc" {
		if counts[c] < 9700 || counts[c] > 10300 {
			t.Errorf("%q came %d times of 30000, want about 10000", c, counts[c])
		}
	}
}

func TestNewUIDIsARandomUUID(t *testing.T) {
	d := core.New(core.Config{Rand: coretest.Rand(7)})
	a, b := d.NewUID(), d.NewUID()
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if !form.MatchString(a) || !form.MatchString(b) || a == b {
		t.Errorf("got %q and %q", a, b)
	}
}

// loweredWord is a word with its forms in lower case in the vendors' languages.
type loweredWord struct{ Name, Word, Python, Ruby string }

func TestFoldMakesTheVendorsFormsEqual(t *testing.T) {
	data, err := os.ReadFile("../testdata/originals/lower/lower.json")
	if err != nil {
		t.Fatal(err)
	}
	var words []loweredWord
	if err := json.Unmarshal(data, &words); err != nil || len(words) == 0 {
		t.Fatal(err)
	}
	for _, w := range words {
		folded := core.Fold(w.Word)
		for _, form := range []string{w.Python, w.Ruby, folded} {
			if got := core.Fold(form); got != folded {
				t.Errorf("%s: %q folds to %q, want %q", w.Name, form, got, folded)
			}
		}
	}
}

func TestFoldKeepsOtherLettersApart(t *testing.T) {
	for _, pair := range [][2]string{{"İbrahim", "ibrahim"}, {"ılker", "ilker"}, {"straße", "strasse"}} {
		if core.Fold(pair[0]) == core.Fold(pair[1]) {
			t.Errorf("%q and %q fold to the same", pair[0], pair[1])
		}
	}
}
