package passwd

import (
	"crypto/subtle"
	"regexp"
	"strings"
	"sync"

	"github.com/go-crypt/crypt/algorithm"
	"github.com/go-crypt/crypt/algorithm/md5crypt"
	"github.com/go-crypt/crypt/algorithm/shacrypt"
	"github.com/go-crypt/x/yescrypt"
)

// The forms of crypt(3), as systems keep them in /etc/shadow.
var (
	md5Form = pattern(`^\$1\$[^$:]{1,8}\$[./0-9A-Za-z]{22}$`)
	shaForm = pattern(`^\$([56])\$(?:rounds=([0-9]+)\$)?[^$:]{1,16}\$([./0-9A-Za-z]+)$`)
	yesForm = pattern(`^(\$y\$[./0-9A-Za-z]+\$[./0-9A-Za-z]{1,86})\$[./0-9A-Za-z]{43}$`)
)

// pattern returns a regular expression that is compiled when it is first used: most
// processes never need it, and all would wait for it at their start.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// libraryHash is a hash that the library decoded.
type libraryHash struct{ algorithm.Digest }

func (h libraryHash) matches(plain string) bool { return plain != "" && h.MatchBytes([]byte(plain)) }

func decoded(s Scheme, digest algorithm.Digest, err error) (Scheme, checker) {
	if err != nil {
		return Unknown, nil
	}
	return s, libraryHash{digest}
}

func parseMD5Crypt(encoded string) (Scheme, checker) {
	if !md5Form().MatchString(encoded) {
		return Unknown, nil
	}
	digest, err := md5crypt.Decode(encoded)
	return decoded(MD5Crypt, digest, err)
}

// shaLengths are the lengths of the digests of "$5$" and "$6$".
var shaLengths = map[string]int{"5": 43, "6": 86}

func parseSHACrypt(encoded string) (Scheme, checker) {
	part := shaForm().FindStringSubmatch(encoded)
	if part == nil || len(part[3]) != shaLengths[part[1]] {
		return Unknown, nil
	}
	if part[2] != "" {
		if rounds, ok := parseCount(part[2], maxSHACryptRounds); !ok || rounds < minSHACryptRounds {
			return Unknown, nil
		}
	}
	digest, err := shacrypt.Decode(encoded)
	if part[1] == "5" {
		return decoded(SHA256Crypt, digest, err)
	}
	return decoded(SHA512Crypt, digest, err)
}

// yescryptHash is the whole text; setting is what is in front of the digest.
type yescryptHash struct{ encoded, setting string }

func (h yescryptHash) matches(plain string) bool {
	got, err := yescrypt.Hash([]byte(plain), []byte(h.setting))
	return err == nil && subtle.ConstantTimeCompare(got, []byte(h.encoded)) == 1
}

func parseYescrypt(encoded string) (Scheme, checker) {
	part := yesForm().FindStringSubmatch(encoded)
	if part == nil {
		return Unknown, nil
	}
	_, logN, r, err := yescrypt.DecodeSetting([]byte(strings.Split(encoded, "$")[2]))
	if err != nil || !scryptInBounds(logN, r, 1) {
		return Unknown, nil
	}
	return Yescrypt, yescryptHash{encoded, part[1]}
}
