package railsxml

import "bytes"

// longestReference is room for the longest lawful name between & and ;, which is #x10FFFF with some leading zeros.
const longestReference = 16

// checkEntities refuses every reference in text but the five predefined entities and character references.
func checkEntities(text []byte) error {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return nil
		}
		text = text[i+1:]
		end := bytes.IndexByte(text[:min(len(text), longestReference)], ';')
		if end < 0 {
			return ErrEntity
		}
		if !knownReference(text[:end]) {
			return ErrEntity
		}
		text = text[end+1:]
	}
}

// knownReference leaves the digits of a character reference to the tree builder.
func knownReference(name []byte) bool {
	switch string(name) {
	case "amp", "lt", "gt", "quot", "apos":
		return true
	}
	return len(name) > 1 && name[0] == '#'
}
