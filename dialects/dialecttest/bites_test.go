package dialecttest

import (
	"slices"
	"strings"
	"testing"
)

// TestSoundDialectPasses runs the suite on a dialect that keeps every rule.
func TestSoundDialectPasses(t *testing.T) { Run(t, fakeSpec("")) }

// TestSuiteBites breaks one rule at a time: the check that is for it must fail,
// and for that reason.
func TestSuiteBites(t *testing.T) {
	for _, c := range []struct{ broken, check, says string }{
		{"welcomes unknown paths", "refuse/unknown path", "want status 404, have 200"},
		{"takes any method", "refuse/wrong method", "want status 405, have 200"},
		{"takes any body", "refuse/broken body", "want status 400, have 422"},
		{"takes any size", "refuse/chunked big body", "want status 413"},
		{"reads what is declared", "refuse/declared length", "want status 413"},
		{"refuses in plain text", "refuse/panic", "not an error in the dialect's form"},
		{"refuses in plain text", "edge/refuses with 413", "not an error in the dialect's form"},
		{"does not say when to retry", "edge/refuses with 503", "Retry-After is"},
		{"owns nothing", "life/name and paths are its own", "does not own /fake/users"},
		{"lists nobody", "life/created, shown, listed", "List does not have"},
		{"stores nobody", "life/created, shown, listed", "the core knows no"},
		{"updates nothing", "life/updated", "changed nothing"},
		{"deletes nobody", "life/deleted", "the core has the user still"},
		{"smiles at a taken name", "life/a taken name is refused", "want status 4xx, have 201"},
		{"drops foreign facets", "carry/what others know of the user survives", "facet did not survive"},
		{"rewrites foreign facets", "carry/what others know of the user survives", "facet did not survive"},
		{"drops foreign handles", "carry/what others know of the user survives", "handle did not survive"},
		{"drops attributes", "carry/what others know of the user survives", "an attribute"},
		{"forgets keys it does not know", "carry/its own facet keeps what a newer program wrote", "lost a key"},
		{"clears what is absent", "presence/PUT nick/absent", `shows "null", want "\"Cara\""`},
		{"keeps what is null", "presence/PUT nick/null", `shows "\"Cara\"", want "null"`},
		{"takes what is empty", "presence/PUT nick/empty", "want status 422, have 200"},
		{"writes twice", "presence/PUT nick/empty", "Show answers differently"},
		{"writes twice", "broken store/Update is whole or nothing", "something is left"},
		{"swallows a failed write", "broken store/Delete is whole or nothing", "want status 500, have 204"},
		{"shows the hash", "secrets/in no answer and no note", "holds $argon2id$"},
		{"shows the password", "secrets/in no answer and no note", "holds the secret " + fakePassword},
		{"shows no key", "secrets/in no answer and no note", "though Shows allows it"},
		{"notes the password", "secrets/in no answer and no note", "holds the secret"},
		{"notes ids", "secrets/operations are fixed words", "no fixed word"},
		{"notes nothing", "secrets/operations are fixed words", "notes no operation"},
		{"asks for no key", "credentials/none", "want status 401, have 200"},
		{"lets strangers write", "credentials/wrong", "Show answers differently"},
		{"lets everybody in", "credentials/weak", "want status 403, have 200"},
		{"takes keys of other realms", "credentials/other realm", "want status 401, have 200"},
		{"trusts the first look", "revoked/removed/create", "want status 401, have 201"},
		{"has no status for stale", "words/stale", "want status 4xx, have 0"},
		{"has no words for taken", "words/rule taken", "no words"},
		{"has common words for too long", "words/rule too long", "has no words for the rule"},
		{"tells internals", "words/internal", "tells of internals"},
		{"tells the wall clock", "same/two worlds answer the same bytes", "X-Now"},
		{"tells internals", "broken store/its words stay inside", "tells of internals"},
		{"tells the log nothing", "broken store/its words stay inside", "the log is not told"},
		{"acts as the operator", "takeover/password, of a user with rights elsewhere", "want status 403, have 200"},
		{"acts as the operator", "takeover/removal, of a user with rights elsewhere", "want status 403, have 204"},
		{"updates nothing", "takeover/name, of an ordinary user", "changes nothing"},
		{"writes unseen", "decided/every operation", "no case of Takeovers and Grants is of the operation users.replace"},
		{"shows other realms", "isolation/users of another realm", "have 200"},
		{"takes busy for broken", "broken store/busy is busy", "want status 503, have 500"},
		{"is busy for ever", "broken store/busy is busy", "without Retry-After"},
	} {
		t.Run(c.broken+" fails "+c.check, func(t *testing.T) {
			t.Parallel()
			mustFail(t, c.broken, c.check, c.says)
		})
	}
}

func mustFail(t *testing.T, broken, name, says string) {
	t.Helper()
	s := fakeSpec(broken)
	all := checks(&s)
	i := slices.IndexFunc(all, func(c check) bool { return c.name == name })
	if i < 0 {
		t.Fatalf("there is no check %q", name)
	}
	r := record(t, func(t testing.TB) { all[i].run(t, &s) })
	if said := strings.Join(r.said, "\n"); !r.failed || !strings.Contains(said, says) {
		t.Errorf("failed %v, says\n%s\nwant %q", r.failed, said, says)
	}
}

// TestIncompleteSpecIsRefused takes one thing away at a time.
func TestIncompleteSpecIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Spec){
		"no Delete":            func(s *Spec) { s.Delete = "" },
		"no weak caller":       func(s *Spec) { s.Credentials = s.Credentials[:2] },
		"no deep body":         func(s *Spec) { s.Refused = s.Refused[:4] },
		"no presence table":    func(s *Spec) { s.Presence = nil },
		"no secrets":           func(s *Spec) { s.Secrets = nil },
		"no takeover":          func(s *Spec) { s.Takeovers = s.Takeovers[1:] },
		"no grant":             func(s *Spec) { s.Cannot = nil },
		"an excuse for all":    func(s *Spec) { s.Cannot = map[string]string{"grant": "none", "takeover": "too hard"} },
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
