package onapp

import (
	"strconv"
	"strings"
)

// denial is why a request is not let in. source: vendor reference, status codes and failed logins.
type denial struct {
	kind denialKind
	// left is how many more attempts there are, of almostLocked.
	left int
	// email is where the unlock instructions went, of locked.
	email string
}

type denialKind uint8

const (
	noCredentials  denialKind = iota // nothing was said
	badCredentials                   // somebody unknown, or not the password
	almostLocked                     // the same, and a warning
	locked                           // too many wrong passwords
	accessDenied                     // suspended, deleted, or from an address that is not on the white list
)

// Error is for the log.
func (d *denial) Error() string {
	return [...]string{"no credentials", "bad credentials", "bad credentials, almost locked", "account locked", "access denied"}[d.kind]
}

// deniedText is the whole body for those who are known but not let in.
const deniedText = "HTTP Basic: Access denied.\n"

// realm is what the client is asked for.
func (d *denial) realm() string {
	if d.kind == accessDenied {
		return `Basic realm="OnApp API"`
	}
	return `Basic realm="Application"`
}

func (d *denial) message() string {
	switch d.kind {
	case noCredentials:
		return ""
	case almostLocked:
		if d.left == 1 {
			return "You have one more attempt before your account is locked."
		}
		return "You have " + strconv.Itoa(d.left) + " attempts before your account is locked."
	case locked:
		return "Your account has been locked due to several unsuccessful attempts. Unlock instructions have been sent on your e-mail " + maskEmail(d.email)
	}
	return "Invalid login or password."
}

// maskEmail leaves the first letter and the domain: "m***@example.org".
func maskEmail(email string) string {
	name, domain, ok := strings.Cut(email, "@")
	if !ok || name == "" {
		return "***"
	}
	_, size := firstRune(name)
	return name[:size] + "***@" + domain
}
