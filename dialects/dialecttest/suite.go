package dialecttest

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// check is one claim of the suite about a dialect.
type check struct {
	name string
	run  func(t testing.TB, s *Spec)
}

// Run holds a dialect to everything that is true of all dialects, and plays its
// transcripts. Each claim is a subtest; what the dialect cannot do is skipped by
// its own word and reason, never by a change to the suite.
func Run(t *testing.T, s Spec) {
	t.Helper()
	all := checks(&s)
	if !t.Run("complete", func(t *testing.T) { checkComplete(t, &s, all) }) {
		return // the other checks need what is missing
	}
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if reason := s.excuse(c.name); reason != "" {
				t.Skip("this dialect cannot: " + reason)
			}
			c.run(t, &s)
		})
	}
	t.Run(transcripts, func(t *testing.T) {
		t.Parallel()
		if reason := s.excuse(transcripts); reason != "" {
			t.Skip("this spec does not play them: " + reason)
		}
		runCross(t, s.files(), s.build, s.sealed, nil)
		if _, err := os.Stat(s.fieldFiles()); err == nil && s.Files == "" {
			t.Run("field", func(t *testing.T) { runCross(t, s.fieldFiles(), s.build, s.sealed, nil) })
		}
	})
}

// transcripts is the check that plays the files.
const transcripts = "transcripts"

// checks lists all claims, those that the spec's data make included.
func checks(s *Spec) []check {
	return slices.Concat(
		refusalChecks(s), lifeChecks(), carryChecks(), presenceChecks(s), secretChecks(),
		credentialChecks(s), wordChecks(), sameChecks(), edgeChecks(), brokenChecks(),
		authorityChecks(s), revocationChecks(s),
	)
}

// excuse returns why the dialect cannot pass the check, or "".
func (s *Spec) excuse(name string) string {
	for _, start := range slices.Sorted(maps.Keys(s.Cannot)) {
		if strings.HasPrefix(name, start) {
			return s.Cannot[start]
		}
	}
	return ""
}

// checkComplete refuses a spec that leaves out what the suite needs, or excuses
// what is no check.
func checkComplete(t testing.TB, s *Spec, all []check) {
	for _, missing := range s.missing() {
		t.Errorf("the spec has no %s", missing)
	}
	for excused := range s.Cannot {
		if excused != transcripts && !slices.Contains(excusedAuthority(), excused) && !slices.ContainsFunc(all, func(c check) bool { return strings.HasPrefix(c.name, excused) }) {
			t.Errorf("the spec excuses %q, and no check begins so", excused)
		}
	}
}

func (s *Spec) missing() (names []string) {
	for name, there := range map[string]bool{
		"Create": s.Create != "", "Show": s.Show != "", "List": s.List != "", "Update": s.Update != "",
		"Delete": s.Delete != "", "Username": s.Username != "", "Presence": len(s.Presence) > 0,
		"Secrets": len(s.Secrets) > 0, "Revocations": len(s.Revocations) > 0, "Name": s.Name != "", "Setup": s.Setup != nil, "New": s.New != nil, "Form": s.Form != nil,
		"Words": s.Words != nil, "BodyLimit": s.BodyLimit > 0,
	} {
		if !there && s.excuse(strings.ToLower(name)) == "" {
			names = append(names, name)
		}
	}
	for _, name := range []string{UnknownPath, WrongMethod, BrokenBody, BigBody, DeepBody} {
		if !slices.ContainsFunc(s.Refused, func(c Case) bool { return c.Name == name }) && s.excuse("refuse/"+name) == "" {
			names = append(names, "Refused "+name)
		}
	}
	for _, st := range []AccessLevel{None, Wrong, Weak, OtherRealm, Right} {
		if !slices.ContainsFunc(s.Credentials, func(c Credential) bool { return c.AccessLevel == st }) && s.excuse("credentials/"+string(st)) == "" {
			names = append(names, "Credentials of standing "+string(st))
		}
	}
	names = append(names, s.missingAuthority()...)
	slices.Sort(names)
	return names
}

func (s *Spec) sealed() []core.SecretKind { return s.Sealed }

func (s *Spec) realm() core.Realm {
	if s.Realm == "" {
		return core.MainRealm
	}
	return s.Realm
}

func (s *Spec) id(u *core.User) string {
	if s.ID == nil {
		return strconv.FormatInt(u.ID, 10)
	}
	return s.ID(u)
}

func (s *Spec) mark() string {
	if s.Marker == "" {
		return s.Username
	}
	return s.Marker
}

func (s *Spec) files() string {
	if s.Files == "" {
		return "../../testdata/" + s.Name
	}
	return s.Files
}

// fieldFiles is the folder of the transcripts that derive from reports of real clients.
func (s *Spec) fieldFiles() string { return "../../testdata/field/" + s.Name }

func (s *Spec) build(t testing.TB, dir *core.Directory) (dialects.Mux, Vars) {
	vars := s.Setup(t, dir)
	return dialects.Mux{s.New(dir)}, vars
}
