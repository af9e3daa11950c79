// Package passwd makes and verifies password hashes in the forms that the
// originals store, and keeps the cost of doing so within bounds: Gate limits
// how many hashes are computed at once, Memory saves computing one again for
// credentials that were right a moment ago.
//
// New hashes are argon2id (Hash) or, for machine-made secrets, bcrypt
// (HashBcrypt). Everything else is for hashes brought by an import.
package passwd

// Verify reports whether plain is the password that encoded was made from.
// It is false for an empty encoded, for an unknown form, and for a hash whose
// stated cost exceeds the limits of this package (see limits.go). The final
// comparison takes the same time wherever the digests differ.
func Verify(encoded, plain string) bool {
	_, check := parse(encoded)
	return check != nil && check.matches(plain)
}

// Known reports whether Verify can check encoded: it is complete, of a known
// scheme, and within the limits. Seed and import use it to refuse users who could
// never log in. "" is not known: it means "cannot log in".
func Known(encoded string) bool {
	return Identify(encoded) != Unknown
}

// Identify returns the scheme of encoded: Unknown if Known is false.
func Identify(encoded string) Scheme {
	scheme, _ := parse(encoded)
	return scheme
}

// checker is one parsed hash whose parameters are within the limits.
type checker interface {
	matches(plain string) bool
}

// parse reads encoded. The checker is nil if and only if the scheme is Unknown.
func parse(encoded string) (Scheme, checker) {
	if encoded == "" || len(encoded) > maxEncodedLen {
		return Unknown, nil
	}
	for _, form := range forms {
		if len(encoded) > len(form.prefix) && encoded[:len(form.prefix)] == form.prefix {
			return form.parse(encoded[len(form.prefix)-form.keep:])
		}
	}
	return Unknown, nil
}
