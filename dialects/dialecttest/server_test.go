package dialecttest

import (
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

func TestPlayKeepsForTheNextScript(t *testing.T) {
	s := fakeSpec("")
	w := NewServer(t, s.build)
	if a := w.Play(t, s.Create); a.Status != 201 {
		t.Fatalf("Create answers %d", a.Status)
	}
	if a := w.Play(t, s.Show+"\n====\n"+s.Delete); a.Status != 204 {
		t.Errorf("Delete answers %d: %s", a.Status, a.Body)
	}
}

func TestWorldsShareNothing(t *testing.T) {
	s := fakeSpec("")
	one, other := NewServer(t, s.build), NewServer(t, s.build)
	one.Play(t, s.Create)
	one.Target().Advance(time.Hour)
	if a := other.Play(t, "GET /fake/users/3\n{auth}"); a.Status != 404 {
		t.Errorf("the other world has the user: %s", a.Body)
	}
	if one.Clock.Now().Sub(other.Clock.Now()) != time.Hour {
		t.Error("the clocks move together")
	}
}

// provisioning is a dialect that gives each user a handle.
type provisioning struct{ dialects.Dialect }

func (provisioning) Provision(_ *core.Tx, u *core.User) error {
	u.SetHandle("fake.given", u.Username)
	return nil
}

func TestServerRegistersProvisioners(t *testing.T) {
	s := fakeSpec("")
	w := NewServer(t, func(t testing.TB, dir *core.Directory) (dialects.Mux, Vars) {
		m, vars := s.build(t, dir)
		return dialects.Mux{provisioning{m[0]}}, vars
	})
	w.Play(t, s.Create)
	err := w.Dir.View(t.Context(), func(tx *core.Tx) error {
		for _, name := range []string{"ada", "carol"} { // stored before the dialect was made, and by it
			if _, err := tx.User(core.ByHandle(core.MainRealm, "fake.given", name)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
