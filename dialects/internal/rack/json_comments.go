package rack

import "bytes"

// StripComments returns a JSON text with a blank for each comment between its tokens. Ruby's parser skips
// /* ... */, and // up to the end of its line. A comment that does not end is left, so that the text
// is not JSON.
func StripComments(text []byte) []byte {
	if bytes.IndexByte(text, '/') < 0 {
		return text
	}
	var stripped []byte // nil while nothing was left out
	copied := 0
	for i := 0; i < len(text); {
		switch n := commentLength(text[i:]); {
		case n < 0:
			i = len(text)
		case n > 0:
			stripped = append(append(stripped, text[copied:i]...), ' ')
			i += n
			copied = i
		case text[i] == '"':
			i += stringLength(text[i:])
		default:
			i++
		}
	}
	if copied == 0 {
		return text
	}
	return append(stripped, text[copied:]...)
}

// commentLength is how long the comment is that text begins with; 0 for none, -1 for one that does
// not end.
func commentLength(text []byte) int {
	begin, end := "//", "\n"
	if bytes.HasPrefix(text, []byte("/*")) {
		begin, end = "/*", "*/"
	}
	if !bytes.HasPrefix(text, []byte(begin)) {
		return 0
	}
	at := bytes.Index(text[len(begin):], []byte(end))
	if at < 0 {
		return -1
	}
	return len(begin) + at + len(end)
}

// stringLength is how long the string is that text begins with, its quotes included.
func stringLength(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
