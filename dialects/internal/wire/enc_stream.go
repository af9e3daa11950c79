package wire

import "io"

// Drain writes what the document holds so far to w and forgets it, so that a long document needs no more memory
// than its longest part. The next item goes on where the last one ended. The error is w's own.
func (e *Enc) Drain(w io.Writer) error {
	_, err := w.Write(e.buf)
	clear(e.buf)
	e.buf = e.buf[:0]
	return err
}

// RawKey is Key for a name that needs no escaping, such as a constant of the program.
func (e *Enc) RawKey(name string) *Enc {
	b := append(e.start(), '"')
	b = append(b, name...)
	b = append(b, '"', ':')
	if e.style.Spaced || e.style.Indent > 0 {
		b = append(b, ' ')
	}
	e.buf, e.due, e.named = b, false, true
	return e
}
