package dialecttest

import "regexp"

// hashForms are how encoded password hashes begin.
var hashForms = regexp.MustCompile(`\$argon2id?\$|pbkdf2_sha(1|256)\$|\$2[aby]\$\d\d\$`)

// hashIn returns what in the answer looks like a hash, or "".
func hashIn(a *Answer) string {
	for _, values := range a.Header {
		for _, v := range values {
			if m := hashForms.FindString(v); m != "" {
				return m
			}
		}
	}
	return string(hashForms.Find(a.Body))
}
