package railsxml

import "io"

// Streamer is what the Emitters of this package can do besides: send a long document in parts, and take over an
// item that was written before.
type Streamer interface {
	Emitter
	// Drain writes the document so far to w and forgets it. The error is w's own.
	Drain(w io.Writer) error
	// RawItem writes a whole item of the innermost list, as an Emitter of the same kind wrote it at the same depth.
	RawItem(item []byte)
}

// Drain implements Streamer.
func (j *jsonEmitter) Drain(w io.Writer) error { return j.e.Drain(w) }

// RawItem implements Streamer.
func (j *jsonEmitter) RawItem(item []byte) { j.e.RawBytes(item) }

// Drain implements Streamer.
func (x *xmlEmitter) Drain(w io.Writer) error { return x.w.Drain(w) }

// RawItem implements Streamer.
func (x *xmlEmitter) RawItem(item []byte) { x.w.Raw(item) }

// Drain writes what the document holds so far to out and forgets it. The error is out's own.
func (w *Writer) Drain(out io.Writer) error {
	_, err := out.Write(w.buf)
	clear(w.buf)
	w.buf = w.buf[:0]
	return err
}

// Raw writes children of the innermost element as they are, unchecked: whole lines, with their indent.
func (w *Writer) Raw(lines []byte) {
	if w.empty {
		w.empty = false
		w.buf = append(w.buf, ">\n"...)
	}
	w.buf = append(w.buf, lines...)
}
