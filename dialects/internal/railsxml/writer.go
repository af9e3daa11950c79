package railsxml

import (
	"strconv"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

const declaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// Writer writes one Rails XML document by appending: declaration, two blanks a level, a newline after each tag
// line. Names are not checked, see Emitter.
type Writer struct {
	buf   []byte
	open  []string // the names of the open elements
	empty bool     // the innermost element is an array without children so far, its tag still lacks its end
	last  lastTime
}

// writers keeps buffers between answers; they hold no content, see Release.
var writers = sync.Pool{New: func() any { return &Writer{buf: make([]byte, 0, 4096)} }}

// keepBuffer is the largest buffer, in bytes, that is worth keeping for the next answer.
const keepBuffer = 512 << 10

// NewWriter takes a Writer from a pool; its document has the declaration and nothing else.
func NewWriter() *Writer {
	w := writers.Get().(*Writer)
	w.buf = append(w.buf, declaration...)
	return w
}

// Release gives w back to the pool. Neither w nor what Bytes returned may be used afterwards.
func (w *Writer) Release() {
	if cap(w.buf) > keepBuffer {
		return
	}
	clear(w.buf)
	*w = Writer{buf: w.buf[:0], open: w.open[:0]}
	writers.Put(w)
}

// Bytes is the document so far, valid until the next call.
func (w *Writer) Bytes() []byte { return w.buf }

// Open starts an element with children.
func (w *Writer) Open(name string) {
	w.tag(name)
	w.buf = append(w.buf, ">\n"...)
	w.open = append(w.open, name)
}

// OpenArray starts an array element. Without children it closes as <name type="array"/>.
func (w *Writer) OpenArray(name string) {
	w.tag(name)
	w.buf = append(w.buf, ` type="array"`...)
	w.open = append(w.open, name)
	w.empty = true
}

// Close ends the innermost element.
func (w *Writer) Close() {
	last := len(w.open) - 1
	name := w.open[last]
	w.open = w.open[:last]
	if w.empty {
		w.empty = false
		w.buf = append(w.buf, "/>\n"...)
		return
	}
	w.indent()
	w.buf = append(w.buf, "</"...)
	w.end(name)
}

// tag starts a tag on a line of its own, up to and with its name.
func (w *Writer) tag(name string) {
	if w.empty {
		w.empty = false
		w.buf = append(w.buf, ">\n"...)
	}
	w.indent()
	w.buf = append(w.buf, '<')
	w.buf = append(w.buf, name...)
}

const blanks = "                                "

func (w *Writer) indent() {
	n := 2 * len(w.open)
	for n > len(blanks) {
		w.buf = append(w.buf, blanks...)
		n -= len(blanks)
	}
	w.buf = append(w.buf, blanks[:n]...)
}

// typed starts an element whose content follows; typ "" is a plain string.
func (w *Writer) typed(name, typ string) {
	w.tag(name)
	if typ != "" {
		w.buf = append(w.buf, ` type="`...)
		w.buf = append(w.buf, typ...)
		w.buf = append(w.buf, '"')
	}
	w.buf = append(w.buf, '>')
}

// finish ends the element that typed started.
func (w *Writer) finish(name string) {
	w.buf = append(w.buf, "</"...)
	w.end(name)
}

func (w *Writer) end(name string) {
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, ">\n"...)
}

// Str writes a string element, which carries no type.
func (w *Writer) Str(name, v string) {
	w.typed(name, "")
	w.buf = AppendText(w.buf, v)
	w.finish(name)
}

// Int writes a type="integer" element.
func (w *Writer) Int(name string, v int64) {
	w.typed(name, "integer")
	w.buf = strconv.AppendInt(w.buf, v, 10)
	w.finish(name)
}

// Bool writes a type="boolean" element.
func (w *Writer) Bool(name string, v bool) {
	w.typed(name, "boolean")
	w.buf = strconv.AppendBool(w.buf, v)
	w.finish(name)
}

// Nil writes an element with nil="true" and no type.
func (w *Writer) Nil(name string) {
	w.tag(name)
	w.buf = append(w.buf, ` nil="true"/>`+"\n"...)
}

// Decimal writes a type="decimal" element. Text without a point gets ".0".
func (w *Writer) Decimal(name, v string) {
	w.typed(name, "decimal")
	w.buf = appendDecimal(w.buf, v)
	w.finish(name)
}

// Float writes a type="float" element, with a point always.
func (w *Writer) Float(name string, v float64) {
	w.typed(name, "float")
	w.buf = appendFloat(w.buf, v)
	w.finish(name)
}

// Time writes a moment in UTC, to the second, under the given type: "datetime", or "dateTime" as later Rails spell it.
func (w *Writer) Time(name, typ string, t time.Time) {
	w.typed(name, typ)
	w.buf = append(w.buf, w.last.text(t, wire.SecondsOffset, 0)...)
	w.finish(name)
}
