package dialecttest

import (
	"context"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// revocationChecks: a right that was taken away while a write is on the way is not used.
func revocationChecks(s *Spec) []check {
	var all []check
	for _, r := range s.Revocations {
		for _, write := range []struct {
			name   string
			script func(*Spec) Script
		}{
			{"create", func(s *Spec) Script { return s.Create }},
			{"update", func(s *Spec) Script { return s.Update }},
			{"delete", func(s *Spec) Script { return s.Delete }},
		} {
			all = append(all, check{"revoked/" + r.Name + "/" + write.name, func(t testing.TB, s *Spec) {
				checkRevoked(t, s, r, write.name, write.script(s))
			}})
		}
	}
	return all
}

// checkRevoked takes the right away after the caller of the write was authenticated and
// before the store is changed.
func checkRevoked(t testing.TB, s *Spec, r Revocation, name string, write Script) {
	st := newFixture(t, s)
	if name != "create" {
		st.create()
	}
	other := newPlayer(t, st.Target())
	other.vars = st.player.vars.with(nil)
	if r.Auth != "" {
		auth, err := st.player.vars.mustExpand(r.Auth)
		if err != nil {
			t.Fatal(err)
		}
		st.let("auth", auth)
	}
	changes := -1
	st.store.beforeUpdate(func() {
		r.Revoke(t, st.Dir, func(script Script) {
			meanwhile := *st
			meanwhile.player = other
			if a := meanwhile.send(script); !a.OK() {
				t.Errorf("not a success: %s\nin the script\n%s", st.tell(a), script)
			}
		})
		changes = st.changes()
	})
	answer := st.send(write)
	if changes < 0 {
		t.Fatal("the write did not reach the store")
	}
	if r.Status == 0 {
		if !answer.OK() {
			t.Errorf("not a success: %s", st.tell(answer))
		}
		return
	}
	st.refused(answer, r.Status)
	if r.Counted {
		changes++
	}
	if n := st.changes(); n != changes {
		t.Errorf("the store was changed %d times after the right was taken away", n-changes)
	}
}

// Asking returns a Revoke that sends a request, which must succeed.
func Asking(script Script) func(testing.TB, *core.Directory, func(Script)) {
	return func(_ testing.TB, _ *core.Directory, send func(Script)) { send(script) }
}

// ChangingUser returns a Revoke that changes the user as the operator.
func ChangingUser(which core.UserRef, change func(*core.Tx, *core.User) error) func(testing.TB, *core.Directory, func(Script)) {
	return func(t testing.TB, dir *core.Directory, _ func(Script)) {
		err := dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
			u, err := tx.User(which)
			if err != nil {
				return err
			}
			return change(tx, u)
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// Disable is a change for [ChangingUser].
func Disable(tx *core.Tx, u *core.User) error {
	u.Enabled = false
	return tx.SaveUser(u)
}

// RemoveUser is a change for [ChangingUser].
func RemoveUser(tx *core.Tx, u *core.User) error { return tx.RemoveUser(u) }

// ForgetPassword is a change for [ChangingUser]: the user has no password any more.
func ForgetPassword(tx *core.Tx, u *core.User) error {
	u.SetPassword(core.ChosenPassword{})
	return tx.SaveUser(u)
}

// SettingPassword returns a Revoke that sets the user's password as the operator.
func SettingPassword(which core.UserRef, plain string) func(testing.TB, *core.Directory, func(Script)) {
	return func(t testing.TB, dir *core.Directory, send func(Script)) {
		encoded, err := dir.HashPassword(context.Background(), plain)
		if err != nil {
			t.Error(err)
		}
		ChangingUser(which, func(tx *core.Tx, u *core.User) error {
			u.Password = encoded
			return tx.SaveUser(u)
		})(t, dir, send)
	}
}
