package railsxml

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// longestReference is room for any name between & and ; that documents of HTML have.
const longestReference = 64

// checkText refuses an ampersand that begins no reference, in the text between two places. An
// unknown entity stands for its own text, so its ampersand is escaped; so is the end of a CDATA
// section that is none.
func (s *scanner) checkText(from, end int) error {
	for at := from; at < end; at++ {
		switch s.data[at] {
		case '&':
			length := bytes.IndexByte(s.data[at+1:min(end, at+1+longestReference)], ';')
			if length < 0 {
				return ErrEntity
			}
			if err := s.checkReference(at, s.data[at+1:at+1+length]); err != nil {
				return err
			}
			at += length + 1
		case '>':
			if bytes.HasSuffix(s.data[from:at], []byte("]]")) {
				s.repairs.replace(s.data, at, "&gt;")
			}
		}
	}
	return nil
}

func (s *scanner) checkReference(at int, name []byte) error {
	switch {
	case knownReference(name):
		return nil
	case !isName(name):
		return ErrEntity
	}
	s.repairs.replace(s.data, at, "&amp;")
	return nil
}

// knownReference leaves the digits of a character reference to the tree builder.
func knownReference(name []byte) bool {
	switch string(name) {
	case "amp", "lt", "gt", "quot", "apos":
		return true
	}
	return len(name) > 1 && name[0] == '#'
}

func isName(name []byte) bool {
	first, size := utf8.DecodeRune(name)
	if !unicode.IsLetter(first) && first != '_' && first != ':' {
		return false
	}
	for _, r := range string(name[size:]) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !bytes.ContainsRune([]byte("_:.-"), r) {
			return false
		}
	}
	return true
}
