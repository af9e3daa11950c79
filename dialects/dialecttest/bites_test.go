package dialecttest

import (
	"strings"
	"testing"
)

// TestSoundDialectPasses runs the suite on a dialect that keeps every rule.
func TestSoundDialectPasses(t *testing.T) { Run(t, fakeSpec("")) }

// TestSuiteBites breaks one rule at a time: the check that is for it must fail.
func TestSuiteBites(t *testing.T) {
	for broken, name := range map[string]string{
		"welcomes unknown paths":        "refuse/unknown path",
		"takes any method":              "refuse/wrong method",
		"takes any body":                "refuse/broken body",
		"takes any size":                "refuse/chunked big body",
		"reads what is declared":        "refuse/declared length",
		"refuses in plain text":         "refuse/panic",
		"does not say when to retry":    "edge/refuses with 503",
		"owns nothing":                  "life/name and paths are its own",
		"lists nobody":                  "life/created, shown, listed",
		"updates nothing":               "life/updated",
		"deletes nobody":                "life/deleted",
		"smiles at a taken name":        "life/a taken name is refused",
		"drops foreign facets":          "carry/what others know of the user survives",
		"drops foreign handles":         "carry/what others know of the user survives",
		"drops attributes":              "carry/what others know of the user survives",
		"forgets keys it does not know": "carry/its own facet keeps what a newer program wrote",
		"clears what is absent":         "presence/PUT nick/absent",
		"keeps what is null":            "presence/PUT nick/null",
		"writes twice":                  "presence/PUT nick/empty",
		"shows the hash":                "secrets/in no answer and no note",
		"shows the password":            "secrets/in no answer and no note",
		"notes the password":            "secrets/in no answer and no note",
		"notes ids":                     "secrets/operations are fixed words",
		"notes nothing":                 "secrets/operations are fixed words",
		"asks for no key":               "credentials/none",
		"lets strangers write":          "credentials/wrong",
		"lets everybody in":             "credentials/weak",
		"takes keys of other realms":    "credentials/other realm",
		"has no status for stale":       "words/stale",
		"has no words for taken":        "words/rule taken",
		"has common words for too long": "words/rule too long",
		"tells the wall clock":          "same/two worlds answer the same bytes",
		"tells internals":               "broken store/its words stay inside",
		"tells the log nothing":         "broken store/its words stay inside",
		"takes busy for broken":         "broken store/busy is busy",
		"is busy for ever":              "broken store/busy is busy",
	} {
		t.Run(broken, func(t *testing.T) {
			t.Parallel()
			mustFail(t, broken, name)
		})
	}
	t.Run("writes twice, half of it kept", func(t *testing.T) {
		t.Parallel()
		mustFail(t, "writes twice", "broken store/Update is whole or nothing")
	})
}

func mustFail(t *testing.T, broken, name string) {
	t.Helper()
	s := fakeSpec(broken)
	for _, c := range checks(&s) {
		if c.name != name {
			continue
		}
		if r := record(t, func(t testing.TB) { c.run(t, &s) }); !r.failed {
			t.Errorf("a dialect that %s passes %q: %s", broken, name, strings.Join(r.said, "\n"))
		} else {
			t.Logf("%s", strings.Join(r.said, "\n"))
		}
		return
	}
	t.Fatalf("there is no check %q", name)
}

// TestIncompleteSpecIsRefused takes one thing away at a time.
func TestIncompleteSpecIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Spec){
		"no Delete":            func(s *Spec) { s.Delete = "" },
		"no weak caller":       func(s *Spec) { s.Credentials = s.Credentials[:2] },
		"no deep body":         func(s *Spec) { s.Refused = s.Refused[:4] },
		"no presence table":    func(s *Spec) { s.Presence = nil },
		"no secrets":           func(s *Spec) { s.Secrets = nil },
		"an excuse for naught": func(s *Spec) { s.Cannot = map[string]string{"fly": "too heavy"} },
	} {
		t.Run(name, func(t *testing.T) {
			s := fakeSpec("")
			spoil(&s)
			if r := record(t, func(t testing.TB) { checkComplete(t, &s, checks(&s)) }); !r.failed {
				t.Error("the suite takes it")
			}
		})
	}
}
