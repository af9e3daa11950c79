package charset

import "testing"

func TestDecode(t *testing.T) {
	for name, c := range map[string]struct {
		label, in, want string
		ok              bool
	}{
		"UTF-8":                              {"utf-8", "é", "é", true},
		"an unknown label is UTF-8":          {"x-none", "é", "é", true},
		"a cut character is replaced once":   {"", "a\xe2\x82b", "a\uFFFDb", false},
		"a surrogate is three replacements":  {"", "\xed\xa0\xbd", "\uFFFD\uFFFD\uFFFD", false},
		"an overlong form is two":            {"", "\xc0\x80", "\uFFFD\uFFFD", false},
		"a byte beyond Unicode is one each":  {"", "\xf5\x80", "\uFFFD\uFFFD", false},
		"Latin-1":                            {"ISO-8859-1", "Zo\xeb\x80", "Zoë\u0080", true},
		"windows-1252 has the euro":          {"windows-1252", "\x80", "€", true},
		"windows-1250":                       {`"windows-1250"`, "\xb9", "ą", true},
		"ISO-8859-15 has the euro elsewhere": {"iso-8859-15", "\xa4", "€", true},
		"UTF-16 with a byte order mark":      {"utf-16", "\xfe\xff\x00a", "a", true},
		"UTF-16 without one is little":       {"UTF-16", "a\x00", "a", true},
		"what replaces all text is UTF-8":    {"iso-2022-kr", "é", "é", true},
	} {
		t.Run(name, func(t *testing.T) {
			charset, _ := Lookup(c.label)
			if got, ok := charset.Decode([]byte(c.in)); got != c.want || ok != c.ok {
				t.Errorf("got %q, %t, want %q, %t", got, ok, c.want, c.ok)
			}
		})
	}
}
