package wire

// Escape says which characters of a JSON string leave their plain form, beside the quote, the backslash and the
// control characters, which always do. The slash never does. Bytes that are not UTF-8 become
// U+FFFD, but for lone surrogates of [KeepSurrogates], which become \uXXXX.
type Escape uint8

// The ways to escape.
const (
	EscapeLeast Escape = iota // everything else stays as UTF-8
	EscapeASCII               // every non-ASCII character and DEL as \uXXXX, in lower case, in surrogate pairs where needed
	EscapeHTML                // < > & U+2028 U+2029 as \uXXXX, the rest as UTF-8
)

// Style is how an Enc writes. The zero Style is compact and escapes least.
type Style struct {
	Escape        Escape
	Spaced        bool // ", " and ": " instead of "," and ":"
	PythonNumbers bool // rewrite numbers of a Value as Python reads and prints them; else their text stays as sent
	Indent        int  // spaces a level; 0 = one line. Indented lines end in a bare comma, names in ": "
}

// Compact is UTF-8 without blanks.
func Compact() Style { return Style{} }

// Python is what Python's json module prints by default: blanks after separators, ASCII only, its own number texts.
func Python() Style { return Style{Escape: EscapeASCII, Spaced: true, PythonNumbers: true} }

// Rails is compact and escapes what could end a script element.
func Rails() Style { return Style{Escape: EscapeHTML} }

// Indented is s with so many spaces a level.
func (s Style) Indented(spaces int) Style {
	s.Indent = spaces
	return s
}
