package railsxml

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/dialects/internal/charset"
)

// decode returns a document in UTF-8 and the place where it begins, after a byte order mark, blanks
// and the XML declaration. Text that is UTF-8 stays as it is, whatever encoding it declares: some
// clients declare UTF-16 and send UTF-8. Other text is read in the encoding that it declares.
func decode(data []byte) (document []byte, start int, err error) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		data, err = decodeAs("utf-16", data)
	} else if !utf8.Valid(data) {
		data, err = decodeAs(declaredEncoding(data[:declarationEnd(data)]), data)
	}
	return data, declarationEnd(data), err
}

func decodeAs(label string, data []byte) ([]byte, error) {
	declared, known := charset.Lookup(label)
	if !known || declared.IsUTF8() {
		return nil, ErrEncoding
	}
	text, ok := declared.Decode(data)
	if !ok {
		return nil, ErrEncoding
	}
	return []byte(text), nil
}

// declarationEnd returns the length of what stands before a document: a byte order mark, blanks and
// the XML declaration, of any version. Blanks before it are not lawful, but Rails reads them.
func declarationEnd(data []byte) int {
	rest := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	rest = bytes.TrimLeft(rest, " \t\r\n")
	if hasPrefix(rest, "<?") && isDeclaration(rest[2:]) {
		if end := bytes.Index(rest, []byte("?>")); end >= 0 {
			rest = rest[end+2:]
		}
	}
	return len(data) - len(rest)
}

// isDeclaration reports whether the text after "<?" is that of an XML declaration.
func isDeclaration(text []byte) bool {
	return len(text) > 3 && bytes.EqualFold(text[:3], []byte("xml")) && (isBlank(text[3]) || text[3] == '?')
}

// declaredEncoding returns the label of an encoding in an XML declaration, "" if there is none.
func declaredEncoding(declaration []byte) string {
	_, after, found := strings.Cut(string(declaration), "encoding")
	after = strings.TrimLeft(after, "= \t\r\n")
	if !found || after == "" {
		return ""
	}
	label, _, _ := strings.Cut(after[1:], after[:1])
	return label
}

// repairs collects the changes that make text lawful which Rails reads though it is not.
type repairs struct {
	changed []byte // the document so far; nil if nothing was changed
	copied  int    // how much of the original is in changed
}

// replace writes other text for the byte at a place, which is after all earlier ones.
func (r *repairs) replace(data []byte, at int, with string) {
	r.changed = append(r.changed, data[r.copied:at]...)
	r.changed = append(r.changed, with...)
	r.copied = at + 1
}

// apply returns the document with the changes, from a place that is before all of them.
func (r *repairs) apply(data []byte, start int) []byte {
	if r.changed == nil {
		return data[start:]
	}
	return append(r.changed, data[r.copied:]...)
}
