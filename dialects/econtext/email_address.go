package econtext

import "strings"

// looksLikeAddress reports whether s has the form x@y.z: the check of the profile v2.
func looksLikeAddress(s string) bool {
	local, domain, found := strings.Cut(s, "@")
	dot := strings.LastIndexByte(domain, '.')
	return found && local != "" && dot > 0 && dot < len(domain)-1 && !strings.ContainsAny(s, " \t\r\n") && !strings.Contains(domain, "@")
}

// validAddress reports whether s is an address by RFC 2822: local@domain, both
// of atoms with single dots between, the local part perhaps quoted, the domain
// perhaps a literal in brackets. The DNS is not asked.
func validAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 {
		return false
	}
	local, domain := s[:at], s[at+1:]
	return (isDotAtom(local) || isQuoted(local)) && (isDotAtom(domain) || isDomainLiteral(domain))
}

func isDotAtom(s string) bool {
	for _, atom := range strings.Split(s, ".") {
		if atom == "" {
			return false
		}
		for i := range len(atom) {
			if !isAtomByte(atom[i]) {
				return false
			}
		}
	}
	return true
}

func isAtomByte(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

func isQuoted(s string) bool {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return false
	}
	inner := s[1 : len(s)-1]
	for i := 0; i < len(inner); i++ {
		switch c := inner[i]; {
		case c == '\\':
			if i++; i == len(inner) {
				return false
			}
		case c == '"', c < ' ', c > '~':
			return false
		}
	}
	return true
}

func isDomainLiteral(s string) bool {
	if len(s) < 3 || s[0] != '[' || s[len(s)-1] != ']' {
		return false
	}
	for i := 1; i < len(s)-1; i++ {
		if c := s[i]; c <= ' ' || c > '~' || c == '[' || c == ']' || c == '\\' {
			return false
		}
	}
	return true
}
