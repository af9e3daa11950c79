package core_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

func addWithPassword(t *testing.T, d *core.Directory, name, plain string) *core.User {
	t.Helper()
	encoded, err := d.HashPassword(context.Background(), plain)
	if err != nil {
		t.Fatal(err)
	}
	u := coretest.User(name)
	u.Password = encoded
	return add(t, d, u)
}

func verify(t *testing.T, check func(context.Context, core.Attempt, string) (bool, error), u *core.User, plain string) bool {
	t.Helper()
	ok, err := check(context.Background(), core.Attempt{Realm: core.MainRealm, User: u}, plain)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestVerify(t *testing.T) {
	d, _ := directory(t)
	ann := addWithPassword(t, d, "ann", "secret")
	for name, check := range map[string]func(context.Context, core.Attempt, string) (bool, error){"Verify": d.Verify, "VerifyCached": d.VerifyCached} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				if !verify(t, check, ann, "secret") {
					t.Error("the right password is refused")
				}
				if verify(t, check, ann, "Secret") || verify(t, check, ann, "") {
					t.Error("a wrong password passes")
				}
			}
			if verify(t, check, nil, "secret") || verify(t, check, coretest.User("bob"), "") {
				t.Error("nobody, or a user without a password, passes")
			}
		})
	}
}

func TestARememberedPasswordDiesWithItsHash(t *testing.T) {
	d, _ := directory(t)
	ann := addWithPassword(t, d, "ann", "secret")
	if !verify(t, d.VerifyCached, ann, "secret") {
		t.Fatal("the right password is refused")
	}
	changed := ann.Clone()
	changed.Password, _ = d.HashPassword(context.Background(), "other")
	if verify(t, d.VerifyCached, changed, "secret") {
		t.Error("the old password still passes after the change")
	}
}

// A request that brings a password each time must not pay the hash each time,
// and must pay it again when the memory has run out.
func TestVerifyCachedRemembersForAWhile(t *testing.T) {
	d, clock := directory(t)
	ann := addWithPassword(t, d, "ann", "secret")
	verify(t, d.VerifyCached, ann, "secret")
	clock.Advance(2 * time.Minute)
	if !verify(t, d.VerifyCached, ann, "secret") {
		t.Error("the right password is refused once the memory has run out")
	}
}

func TestAFullGateIsBusy(t *testing.T) {
	gate := passwd.NewGate(1, 0)
	d := core.New(core.Config{Gate: gate, Hash: coretest.CheapHash})
	started, release := make(chan struct{}), make(chan struct{})
	go gate.Do(context.Background(), func() { close(started); <-release })
	<-started
	defer close(release)
	if _, err := d.HashPassword(context.Background(), "x"); !errors.Is(err, core.ErrBusy) && core.KindOf(err) != core.Busy {
		t.Errorf("HashPassword: %v", err)
	}
	if _, err := d.Verify(context.Background(), core.Attempt{}, "x"); core.KindOf(err) != core.Busy {
		t.Errorf("Verify: %v", err)
	}
}

func TestLoginUpgradesWhatIsConfigured(t *testing.T) {
	const salt, key = "da39a3ee5e6b4b0d3255bfef95601890afd80709", "476aede036db8e3341345e2dfb95c71caa2f2c5a"
	d, _ := directory(t)
	weak := coretest.User("weak")
	weak.Password = passwd.EncodeOnApp(sha1Hex(salt+"--secret--"+key), salt, key)
	add(t, d, weak)
	before := weak.UpdatedAt
	var hash string
	if ok, err := d.Verify(context.Background(), core.Attempt{Realm: weak.Realm, User: weak, Hash: &hash}, "secret"); !ok || err != nil {
		t.Fatalf("the vendor's hash is refused: %v", err)
	}
	got := read(t, d, core.ByID(weak.Realm, weak.ID))
	if hash != got.Password {
		t.Errorf("Verify notes the hash %.12s…, the user has %.12s…", hash, got.Password)
	}
	if !strings.HasPrefix(got.Password, "$argon2id$") || !got.UpdatedAt.Equal(before) {
		t.Errorf("password %.12s…, updated at %v: want an argon2id hash, quietly", got.Password, got.UpdatedAt)
	}
	if !verify(t, d.Verify, got, "secret") {
		t.Error("the upgraded hash refuses the password")
	}
}

func TestAWrongLoginUpgradesNothing(t *testing.T) {
	d, _ := directory(t)
	weak := coretest.User("weak")
	weak.Password = passwd.EncodeOnApp(sha1Hex("s--secret--k"), "s", "k")
	add(t, d, weak)
	verify(t, d.Verify, weak, "wrong")
	if got := read(t, d, core.ByID(weak.Realm, weak.ID)); got.Password != weak.Password {
		t.Error("a wrong password rewrote the hash")
	}
}
