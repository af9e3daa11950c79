package archive

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
)

var byValue = cmp.Options{
	cmpopts.IgnoreUnexported(core.User{}),
	cmp.Comparer(func(a, b *core.Document) bool { return string(a.Text()) == string(b.Text()) }),
}

// A field that the archive does not know is lost by every export, import and move.
func TestALineHasEveryFieldOfAUser(t *testing.T) {
	full := coretest.Full(t)
	if diff := cmp.Diff(full, userLine(full).core(""), byValue); diff != "" {
		t.Errorf("line.go and convert.go lose:\n%s", diff)
	}
	old := &core.User{ID: full.ID, Realm: full.Realm, Revision: full.Revision}
	if diff := cmp.Diff(full, merge(userLine(full), full, old), byValue); diff != "" {
		t.Errorf("merge in apply_user.go loses:\n%s", diff)
	}
}

func TestAnImportSeesAChangeOfEveryField(t *testing.T) {
	given := []string{"ID", "Realm", "Revision"} // by these the user was found
	full := coretest.Full(t)
	for name := range coretest.Fields(full) {
		changed := coretest.Full(t)
		for other, field := range coretest.Fields(changed) {
			if other == name {
				field.SetZero()
			}
		}
		if same := sameUser(full, changed); same != slices.Contains(given, name) {
			t.Errorf("sameUser in apply_user.go: %v without %s", same, name)
		}
	}
}
