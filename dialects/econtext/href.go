package econtext

// href writes an address: the base, a path and an id, and perhaps both again.
// Nearly always nothing in it needs an escape, and no text is made of the parts.
func (a *answer) href(path, id, below, belowID string) {
	if !plainText(a.base) || !plainText(id) || !plainText(belowID) {
		a.Str(a.base + path + id + below + belowID)
		return
	}
	b := append(a.scratch[:0], '"')
	b = append(append(append(b, a.base...), path...), id...)
	b = append(append(b, below...), belowID...)
	a.RawBytes(append(b, '"'))
}

// plainText tells whether a text stands in JSON as it is.
func plainText(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
