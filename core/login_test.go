package core_test

import (
	"context"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

var (
	home     = netip.MustParseAddr("192.0.2.1")
	attacker = netip.MustParseAddr("203.0.113.9")
)

// guesses tries to log in with wrong passwords.
func guesses(t *testing.T, d *core.Directory, a core.Attempt, n int) {
	t.Helper()
	for i := range n {
		login(t, d, a, "wrong"+strconv.Itoa(i), false)
	}
}

func login(t *testing.T, d *core.Directory, a core.Attempt, plain string, want bool) {
	t.Helper()
	ok, err := d.VerifyCached(context.Background(), a, plain)
	if err != nil {
		t.Fatal(err)
	}
	if ok != want {
		t.Errorf("login from %v with %q: %v, want %v", a.Address, plain, ok, want)
	}
}

func from(u *core.User, address netip.Addr) core.Attempt {
	return core.Attempt{Realm: u.Realm, User: u, Address: address}
}

func TestManyFailuresWithholdLoginsForAWhile(t *testing.T) {
	d, clock := directory(t)
	ann := addWithPassword(t, d, "ann", "secret")
	guesses(t, d, from(ann, attacker), 20)
	login(t, d, from(ann, attacker), "secret", true) // which starts again
	guesses(t, d, from(ann, attacker), 21)
	login(t, d, from(ann, attacker), "secret", false)
	if !d.Withheld(from(ann, attacker)) {
		t.Error("the login is not said to be withheld")
	}
	clock.Advance(time.Second)
	guesses(t, d, from(ann, attacker), 1)
	clock.Advance(time.Second)
	login(t, d, from(ann, attacker), "secret", false) // the delay grows
	clock.Advance(time.Second)
	login(t, d, from(ann, attacker), "secret", true) // and ends by itself
}

// A cached password must not answer guesses faster than a hash would.
func TestACachedPasswordIsWithheldToo(t *testing.T) {
	d, _ := directory(t)
	ann := addWithPassword(t, d, "ann", "secret")
	login(t, d, from(ann, home), "secret", true)
	guesses(t, d, from(ann, attacker), 21)
	login(t, d, from(ann, attacker), "secret", false)
	login(t, d, from(ann, home), "secret", true)
}

func TestOneAddressDoesNotLockOutAnother(t *testing.T) {
	d, clock := directory(t)
	ann := addWithPassword(t, d, "ann", "secret")
	for range 500 {
		guesses(t, d, from(ann, attacker), 1)
		clock.Advance(time.Second)
	}
	login(t, d, from(ann, home), "secret", true)
}

func TestManyAddressesAreHeldBackButNotWhereTheUserIsKnown(t *testing.T) {
	d, clock := directory(t)
	ann := addWithPassword(t, d, "ann", "secret")
	login(t, d, from(ann, home), "secret", true)
	for i := range 101 {
		guesses(t, d, from(ann, netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})), 1)
	}
	elsewhere := from(ann, netip.MustParseAddr("192.0.2.77"))
	login(t, d, elsewhere, "secret", false)
	login(t, d, from(ann, home), "secret", true)
	clock.Advance(time.Minute)
	login(t, d, elsewhere, "secret", true)
}

func TestOneAddressIsHeldBackAtAllUsers(t *testing.T) {
	d, clock := directory(t)
	ann, bob := addWithPassword(t, d, "ann", "secret"), addWithPassword(t, d, "bob", "secret")
	login(t, d, from(bob, attacker), "secret", true)
	for i := range 301 {
		guesses(t, d, core.Attempt{Realm: core.MainRealm, Name: "user" + strconv.Itoa(i), Address: attacker}, 1)
	}
	login(t, d, from(ann, attacker), "secret", false)
	login(t, d, from(bob, attacker), "secret", true) // who logged in from there before
	login(t, d, from(ann, home), "secret", true)
	clock.Advance(time.Minute)
	login(t, d, from(ann, attacker), "secret", true)
}

func TestUnknownNamesAreCountedLikeKnownOnes(t *testing.T) {
	d, _ := directory(t)
	ann := addWithPassword(t, d, "ann", "secret")
	for name, a := range map[string]core.Attempt{
		"known":   from(ann, attacker),
		"unknown": {Realm: core.MainRealm, Name: "Zoe", Address: attacker},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range 30 {
				if held := d.Withheld(a); held != (i > 20) {
					t.Fatalf("after %d failures withheld is %v", i, held)
				}
				guesses(t, d, a, 1)
			}
			if n := d.FailedLogins(a); n != 21 {
				t.Errorf("%d failures", n)
			}
		})
	}
	if !d.Withheld(core.Attempt{Realm: core.MainRealm, Name: "zOE", Address: attacker}) {
		t.Error("the name is not compared folded")
	}
}

func TestAnIPv6ClientHasOneNetwork(t *testing.T) {
	d, _ := directory(t)
	ann := addWithPassword(t, d, "ann", "secret")
	guesses(t, d, from(ann, netip.MustParseAddr("2001:db8::1")), 21)
	login(t, d, from(ann, netip.MustParseAddr("2001:db8::2")), "secret", false)
	login(t, d, from(ann, netip.MustParseAddr("2001:db8:0:1::1")), "secret", true)
}

func TestAnAttemptWithoutANameIsNotCounted(t *testing.T) {
	d, _ := directory(t)
	guesses(t, d, core.Attempt{Realm: core.MainRealm, Address: attacker}, 400)
	ann := addWithPassword(t, d, "ann", "secret")
	login(t, d, from(ann, attacker), "secret", true)
}

func TestAFloodOfNamesDoesNotForgetFailures(t *testing.T) {
	d, _ := directory(t)
	ann := addWithPassword(t, d, "ann", "secret")
	guesses(t, d, from(ann, attacker), 21)
	for i := range 20000 {
		address := netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1})
		guesses(t, d, core.Attempt{Realm: core.MainRealm, Name: "n" + strconv.Itoa(i), Address: address}, 1)
	}
	login(t, d, from(ann, attacker), "secret", false)
}

// A failed check of a hash that is cheap to compute must cost a guess as much as any.
func TestCheaperHashes(t *testing.T) {
	current, err := passwd.Hash(coretest.CheapHash, coretest.Rand(3), "x")
	if err != nil {
		t.Fatal(err)
	}
	bcrypt, err := passwd.HashBcrypt(4, "x")
	if err != nil {
		t.Fatal(err)
	}
	digest := "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	for encoded, want := range map[string]bool{
		"": true, "unknown": true, bcrypt: true, current: false,
		passwd.EncodeOnApp(sha1Hex("x"), "s", "k"): true,
		"pbkdf2_sha256$36000$salt$" + digest:       true,
		"pbkdf2_sha256$870000$salt$" + digest:      false,
		"$2b$12$" + bcrypt[7:]:                     false,
		"bcrypt_sha256$$2b$12$" + bcrypt[7:]:       false,
	} {
		if got := passwd.Cheaper(encoded, coretest.CheapHash); got != want {
			t.Errorf("%q is cheaper: %v", encoded, got)
		}
	}
	if !passwd.Cheaper(current, passwd.DefaultParams()) {
		t.Error("a hash of less memory is not cheaper")
	}
}
