package passwd

// Scheme is the algorithm of an encoded hash.
type Scheme uint8

// The schemes that Verify can check.
const (
	Unknown        Scheme = iota // not a hash, or not one that Verify accepts
	Argon2id                     // "$argon2id$v=19$m=..,t=..,p=..$salt$hash"; new passwords
	Argon2i                      // "$argon2i$v=19$..."
	Bcrypt                       // "$2a$", "$2b$" or "$2y$"
	BcryptSHA256                 // "bcrypt_sha256$$2b$...": bcrypt of the hex SHA-256
	PBKDF2SHA256                 // "pbkdf2_sha256$iterations$salt$base64"
	PBKDF2SHA1                   // "pbkdf2_sha1$iterations$salt$base64"
	OnAppSHA1                    // "onapp_sha1$salt$key$hex", see EncodeOnApp
	PBKDF2SHA512                 // "pbkdf2_sha512$iterations$salt$base64"
	Scrypt                       // "scrypt$N$salt$r$p$base64" or "$scrypt$ln=..,r=..,p=..$salt$hash"
	MD5Crypt                     // "$1$salt$hash"
	SHA256Crypt                  // "$5$salt$hash"
	SHA512Crypt                  // "$6$salt$hash"
	Yescrypt                     // "$y$params$salt$hash"
	PHPass                       // "$P$" or "$H$" and 31 characters
	SaltedSHA1                   // "{SSHA}base64" or, without a salt, "{SHA}base64"
	SaltedSHA256                 // "{SSHA256}base64"
	SaltedSHA512                 // "{SSHA512}base64"
	FirebaseScrypt               // "firebase_scrypt$cost$rounds$separator$salt$signer$base64", see EncodeFirebase
	PepperedBcrypt               // "peppered$pepper$2a$...", see EncodePeppered
	Declared                     // "layout$layout$salt$pepper$hash", see Layout
)

var schemeNames = [...]string{
	"unknown", "argon2id", "argon2i", "bcrypt", "bcrypt_sha256",
	"pbkdf2_sha256", "pbkdf2_sha1", "onapp_sha1", "pbkdf2_sha512", "scrypt",
	"md5_crypt", "sha256_crypt", "sha512_crypt", "yescrypt", "phpass", "salted_sha1", "salted_sha256", "salted_sha512",
	"firebase_scrypt", "bcrypt_pepper", "declared",
}

// String returns the scheme's name, for logs and metric labels.
func (s Scheme) String() string {
	if int(s) >= len(schemeNames) {
		return schemeNames[Unknown]
	}
	return schemeNames[s]
}

// form is how the text of one scheme begins, and the parser of the rest.
type form struct {
	prefix string
	keep   int // how many of the prefix's last bytes the parser gets
	parse  func(rest string) (Scheme, checker)
}

// forms are all accepted prefixes. Django writes a scheme's name and then, for argon2
// and bcrypt, the algorithm's own text.
var forms = [...]form{
	{"$argon2id$", 0, parseArgon2id},
	{"$argon2i$", 0, parseArgon2i},
	{"argon2$argon2id$", 0, parseArgon2id},
	{"argon2$argon2i$", 0, parseArgon2i},
	{"$2", 2, parseBcrypt},
	{"bcrypt$$2", 2, parseBcrypt},
	{"bcrypt_sha256$$2", 2, parseBcryptSHA256},
	{"pbkdf2_sha256$", 0, parsePBKDF2SHA256},
	{"pbkdf2_sha1$", 0, parsePBKDF2SHA1},
	{"pbkdf2_sha512$", 0, parsePBKDF2SHA512},
	{"$pbkdf2", 0, parseModularPBKDF2},
	{"scrypt$", 0, parseDjangoScrypt},
	{"$scrypt$", 0, parseScrypt},
	{"$1$", 3, parseMD5Crypt},
	{"$5$", 3, parseSHACrypt},
	{"$6$", 3, parseSHACrypt},
	{"$y$", 3, parseYescrypt},
	{"$P$", 0, parsePHPass},
	{"$H$", 0, parsePHPass},
	{"{SHA}", 0, parseSHA},
	{"{SSHA}", 0, parseSSHA},
	{"{SSHA256}", 0, parseSSHA256},
	{"{SSHA512}", 0, parseSSHA512},
	{onAppPrefix, 0, parseOnApp},
	{"firebase_scrypt$", 0, parseFirebase},
	{"peppered$", 0, parsePeppered},
	{"layout$", 0, parseDeclared},
}

// The work below which a hash is cheaper to compute than a new one with the
// recommended parameters takes.
const (
	cheapPBKDF2 = 150_000  // iterations
	cheapBcrypt = 9        // cost
	cheapScrypt = 16 << 20 // bytes mixed
)

// Cheaper reports whether Verify does less work for encoded than for a new hash with
// those parameters; it does none for one that is not [Known].
func Cheaper(encoded string, p Params) bool {
	_, check := parse(encoded)
	switch h := check.(type) {
	case *argon2Hash:
		return uint64(h.params.Memory)*uint64(h.params.Time) < uint64(p.Memory)*uint64(p.Time)
	case *pbkdf2Hash:
		return h.iterations < cheapPBKDF2
	case *scryptHash:
		return 128*h.r*h.p*h.n < cheapScrypt
	case *firebaseHash:
		return 128*h.r<<h.logN < cheapScrypt
	case pepperedHash:
		return bcryptCost(string(h.bcryptHash)) < cheapBcrypt
	case bcryptHash:
		return bcryptCost(string(h)) < cheapBcrypt
	case bcryptSHA256Hash:
		return bcryptCost(string(h)) < cheapBcrypt
	}
	return true
}

func bcryptCost(encoded string) int { return int(encoded[4]-'0')*10 + int(encoded[5]-'0') }
