package passwd_test

import (
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

const (
	salt22   = "nxUAnQw/4deCEZFscH3wEe"
	bcrypt53 = salt22 + "8FUGdPYTuZtHN8nuA7NMdfBIvjwN0nK"
	argonEnd = "$c2l4dGVlbi1ieXRlcy1vaw$HiTh6G9LmY8sHSVuixBkk5xQKGqi6ZjSTcVQ8jj3haA"
	sha256b  = "ZTnUmPAtsgqob6U7pqLhRGNNzG9q4V2HdW6ZREQ+/AU="
	sha1b    = "wp4t+LE2Vu/fcr7bSTThtjkxsdk="
	sha1hex  = "a2d3579084d02a5ab09104a5ec0fc83b22569487"
)

func TestIdentifyAcceptsEachSchemeUpToItsLimits(t *testing.T) {
	cases := []struct {
		name, encoded string
		want          passwd.Scheme
	}{
		{"argon2id", "$argon2id$v=19$m=19456,t=2,p=1" + argonEnd, passwd.Argon2id},
		{"argon2id/most memory", "$argon2id$v=19$m=262144,t=4,p=64" + argonEnd, passwd.Argon2id},
		{"argon2i/django", "argon2$argon2i$v=19$m=512,t=2,p=2" + argonEnd, passwd.Argon2i},
		{"bcrypt/2a", "$2a$12$" + bcrypt53, passwd.Bcrypt},
		{"bcrypt/2y at the highest cost", "$2y$15$" + bcrypt53, passwd.Bcrypt},
		{"bcrypt/django", "bcrypt$$2b$04$" + bcrypt53, passwd.Bcrypt},
		{"bcrypt_sha256", "bcrypt_sha256$$2b$12$" + bcrypt53, passwd.BcryptSHA256},
		{"pbkdf2_sha256/most iterations", "pbkdf2_sha256$10000000$salt$" + sha256b, passwd.PBKDF2SHA256},
		{"pbkdf2_sha1", "pbkdf2_sha1$1$salt$" + sha1b, passwd.PBKDF2SHA1},
		{"onapp", "onapp_sha1$salt$key$" + sha1hex, passwd.OnAppSHA1},
		{"onapp/without a key", "onapp_sha1$salt$$" + sha1hex, passwd.OnAppSHA1},
		{"onapp/upper case is stored lower", passwd.EncodeOnApp(strings.ToUpper(sha1hex), "salt", "key"), passwd.OnAppSHA1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := passwd.Identify(c.encoded); got != c.want || !passwd.Known(c.encoded) {
				t.Errorf("Identify(%q) = %s, Known = %t", c.encoded, got, passwd.Known(c.encoded))
			}
		})
	}
}

func TestIdentifyRefuses(t *testing.T) {
	cases := []struct{ name, encoded string }{
		{"nothing", ""},
		{"a password in clear", "changeme1"},
		{"django's unusable password", "!aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789aBcD"},
		{"a scheme alone", "pbkdf2_sha256$"},
		{"crypt/2^31 rounds", "$6$rounds=2147483648$saltstring$" + strings.Repeat("a", 86)},
		{"crypt/too few rounds", "$5$rounds=999$saltstring$" + strings.Repeat("a", 43)},
		{"crypt/the digest of another length", "$5$saltstring$" + strings.Repeat("a", 86)},
		{"crypt/no salt", "$1$$9Cuox6UlJxh3wLg1r7O5A1"},
		{"crypt/Sun's variant", "$md5,rounds=5000$saltsalt$$9Cuox6UlJxh3wLg1r7O5A1"},
		{"yescrypt/too much memory", "$y$jFT$F5Jx5fExrKuPp53xLKQ..1$tzn.hz6v7NGKB.qovVj6XcQ.FztecfMQ93KL5rRxki/"},
		{"scrypt/too much memory", "$scrypt$ln=24,r=8,p=1$c2FsdHNhbHQ$" + strings.Repeat("a", 43)},
		{"scrypt/too many lanes", "$scrypt$ln=10,r=8,p=65$c2FsdHNhbHQ$" + strings.Repeat("a", 43)},
		{"scrypt/N is not a power of two", "scrypt$16383$salt$8$1$" + sha256b},
		{"scrypt/a digest of one byte", "scrypt$16384$salt$8$1$AA=="},
		{"pbkdf2/too many rounds", "$pbkdf2-sha256$10000001$c2FsdA$" + strings.Repeat("a", 43)},
		{"phpass/2^30 rounds", "$P$S" + strings.Repeat("a", 30)},
		{"ldap/salted without a salt", "{SSHA}" + sha1b},
		{"ldap/cut", "{SSHA256}" + sha1b},
		{"an unlisted scheme", "md5$salt$0123456789abcdef0123456789abcdef"},
		{"a text too long", "onapp_sha1$salt$" + strings.Repeat("k", 512) + "$" + sha1hex},
		{"argon2/version 16", "$argon2id$v=16$m=19456,t=2,p=1" + argonEnd},
		{"argon2/no version", "$argon2i$m=19456,t=2,p=1" + argonEnd},
		{"argon2/data-dependent variant", "$argon2d$v=19$m=19456,t=2,p=1" + argonEnd},
		{"argon2/too much memory", "$argon2id$v=19$m=262145,t=1,p=1" + argonEnd},
		{"argon2/too many passes over it", "$argon2id$v=19$m=262144,t=5,p=1" + argonEnd},
		{"argon2/too many lanes", "$argon2id$v=19$m=19456,t=2,p=65" + argonEnd},
		{"argon2/less memory than its lanes need", "$argon2id$v=19$m=15,t=2,p=2" + argonEnd},
		{"argon2/no passes", "$argon2id$v=19$m=19456,t=0,p=1" + argonEnd},
		{"argon2/negative", "$argon2id$v=19$m=-19456,t=2,p=1" + argonEnd},
		{"argon2/overflow", "$argon2id$v=19$m=18446744073709551617,t=2,p=1" + argonEnd},
		{"argon2/parameters in another order", "$argon2id$v=19$t=2,m=19456,p=1" + argonEnd},
		{"argon2/a parameter too many", "$argon2id$v=19$m=19456,t=2,p=1,data=AA" + argonEnd},
		{"argon2/padded salt", "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbi1ieXRlcy1vaw==$HiTh6G9LmY8sHSVuixBkk5xQKGqi6ZjSTcVQ8jj3haA"},
		{"argon2/short salt", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$HiTh6G9LmY8sHSVuixBkk5xQKGqi6ZjSTcVQ8jj3haA"},
		{"argon2/digest to be met by chance", "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbi1ieXRlcy1vaw$HiTh"},
		{"argon2/no digest", "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbi1ieXRlcy1vaw$"},
		{"bcrypt/the faulty variant x", "$2x$12$" + bcrypt53},
		{"bcrypt/no variant", "$2$12$" + bcrypt53},
		{"bcrypt/cost too high", "$2b$16$" + bcrypt53},
		{"bcrypt/cost too low", "$2b$03$" + bcrypt53},
		{"bcrypt/cost no number", "$2b$1x$" + bcrypt53},
		{"bcrypt/a character short", "$2b$12$" + bcrypt53[1:]},
		{"bcrypt/a character long", "$2b$12$" + bcrypt53 + "K"},
		{"bcrypt/foreign alphabet", "$2b$12$" + "+" + bcrypt53[1:]},
		{"bcrypt/django's name, no hash", "bcrypt$$2b$12$"},
		{"pbkdf2/too many iterations", "pbkdf2_sha256$10000001$salt$" + sha256b},
		{"pbkdf2/no iterations", "pbkdf2_sha256$0$salt$" + sha256b},
		{"pbkdf2/a sign", "pbkdf2_sha256$+1000$salt$" + sha256b},
		{"pbkdf2/no salt", "pbkdf2_sha256$1000$$" + sha256b},
		{"pbkdf2/digest of another width", "pbkdf2_sha256$1000$salt$" + sha1b},
		{"pbkdf2/empty digest", "pbkdf2_sha256$1000$salt$"},
		{"pbkdf2/digest no base64", "pbkdf2_sha1$1000$salt$" + sha1hex},
		{"pbkdf2/a part too many", "pbkdf2_sha1$1000$sa$lt$" + sha1b},
		{"onapp/no salt", "onapp_sha1$$key$" + sha1hex},
		{"onapp/no key part", "onapp_sha1$salt$" + sha1hex},
		{"onapp/short hash", "onapp_sha1$salt$key$" + sha1hex[2:]},
		{"onapp/hash no hex", "onapp_sha1$salt$key$" + "g" + sha1hex[1:]},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := passwd.Identify(c.encoded); got != passwd.Unknown || passwd.Known(c.encoded) {
				t.Errorf("Identify(%q) = %s, Known = %t", c.encoded, got, passwd.Known(c.encoded))
			}
			if passwd.Verify(c.encoded, "changeme1") || passwd.Verify(c.encoded, "") || passwd.Verify(c.encoded, c.encoded) {
				t.Errorf("Verify(%q) is true for some password", c.encoded)
			}
		})
	}
}

func TestSchemesHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for s := passwd.Unknown; s <= passwd.OnAppSHA1; s++ {
		if seen[s.String()] {
			t.Errorf("two schemes are named %s", s)
		}
		seen[s.String()] = true
	}
	if got := passwd.Scheme(200).String(); got != "unknown" {
		t.Errorf("a scheme that does not exist is named %q", got)
	}
}
