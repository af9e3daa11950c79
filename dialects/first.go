package dialects

// Administrator is the first user of an empty store. Every dialect lets it in.
type Administrator struct {
	Username, Email, Password string
	// BaseURL is the gateway's address without a trailing slash.
	BaseURL string
	// NewKey returns n random characters of the alphabet.
	NewKey func(alphabet string, n int) string
}

// FirstAccess is what the program prints about an Administrator and one dialect.
type FirstAccess struct {
	// Secrets are printed once, besides the password.
	Secrets []Secret
	// Curl is a working command that reads users.
	Curl string
}

// Secret is a named key.
type Secret struct{ Name, Value string }
