package wire

import (
	"strconv"
	"sync"
	"time"
)

// Enc writes one JSON document by appending, in the order of the calls. Every method returns the Enc, so that
// e.Key("id").Int(5) reads as one line. The caller keeps the grammar: inside an object each value follows its Key,
// and each Obj and Arr has its End.
type Enc struct {
	buf   []byte
	open  []byte // the closing bytes that are still owed
	style Style
	due   bool // a comma must come before the next item
	named bool // a name was written, its value comes next
}

// encoders keeps buffers between answers; they hold no content, see Release.
var encoders = sync.Pool{New: func() any { return &Enc{buf: make([]byte, 0, 2048)} }}

// keepBuffer is the largest buffer, in bytes, that is worth keeping for the next answer.
const keepBuffer = 256 << 10

// NewEnc takes an empty Enc of that style from a pool.
func NewEnc(style Style) *Enc {
	e := encoders.Get().(*Enc)
	e.style = style
	return e
}

// Release gives e back to the pool. Neither e nor what Bytes returned may be used afterwards. Without Release
// nothing leaks; the next answer merely allocates.
func (e *Enc) Release() {
	if cap(e.buf) > keepBuffer {
		return
	}
	clear(e.buf)
	*e = Enc{buf: e.buf[:0], open: e.open[:0]}
	encoders.Put(e)
}

// Bytes is the document so far, valid until the next call.
func (e *Enc) Bytes() []byte { return e.buf }

// Obj opens an object.
func (e *Enc) Obj() *Enc { return e.begin('{', '}') }

// Arr opens an array.
func (e *Enc) Arr() *Enc { return e.begin('[', ']') }

func (e *Enc) begin(opening, closing byte) *Enc {
	e.buf = append(e.start(), opening)
	e.open = append(e.open, closing)
	e.due = false
	return e
}

// End closes the innermost object or array.
func (e *Enc) End() *Enc {
	last := len(e.open) - 1
	closing := e.open[last]
	e.open = e.open[:last]
	if e.due && e.style.Indent > 0 {
		e.buf = e.newline(e.buf)
	}
	e.buf = append(e.buf, closing)
	e.due = true
	return e
}

// Key writes a member's name.
func (e *Enc) Key(name string) *Enc {
	b := append(AppendString(e.start(), name, e.style.Escape), ':')
	if e.style.Spaced || e.style.Indent > 0 {
		b = append(b, ' ')
	}
	e.buf, e.due, e.named = b, false, true
	return e
}

// start is the buffer with what belongs before the next item: nothing between a name and its value.
func (e *Enc) start() []byte {
	b := e.buf
	if e.due {
		b = append(b, ',')
		if e.style.Spaced && e.style.Indent == 0 {
			b = append(b, ' ')
		}
	}
	if e.style.Indent > 0 && !e.named && len(e.open) > 0 {
		b = e.newline(b)
	}
	e.due, e.named = true, false
	return b
}

// newline starts an indented line.
func (e *Enc) newline(b []byte) []byte {
	b = append(b, '\n')
	for range e.style.Indent * len(e.open) {
		b = append(b, ' ')
	}
	return b
}

// Str writes a string.
func (e *Enc) Str(s string) *Enc {
	e.buf = AppendString(e.start(), s, e.style.Escape)
	return e
}

// StrOrNull writes a string, or null for the empty one.
func (e *Enc) StrOrNull(s string) *Enc {
	if s == "" {
		return e.Null()
	}
	return e.Str(s)
}

// Int writes a whole number.
func (e *Enc) Int(i int64) *Enc {
	e.buf = strconv.AppendInt(e.start(), i, 10)
	return e
}

// Float writes a number as AppendPyFloat does.
func (e *Enc) Float(f float64) *Enc {
	e.buf = AppendPyFloat(e.start(), f)
	return e
}

// Bool writes true or false.
func (e *Enc) Bool(b bool) *Enc {
	e.buf = strconv.AppendBool(e.start(), b)
	return e
}

// Null writes null.
func (e *Enc) Null() *Enc { return e.Raw("null") }

// Raw writes JSON text as it is, unchecked.
func (e *Enc) Raw(text string) *Enc {
	e.buf = append(e.start(), text...)
	return e
}

// RawBytes writes JSON text as it is, unchecked.
func (e *Enc) RawBytes(text []byte) *Enc {
	e.buf = append(e.start(), text...)
	return e
}

// Time writes a moment as a string.
func (e *Enc) Time(t time.Time, form TimeForm) *Enc {
	e.buf = append(AppendTime(append(e.start(), '"'), t, form), '"')
	return e
}

// TimeOrNull writes a moment, or null for the zero time.
func (e *Enc) TimeOrNull(t time.Time, form TimeForm) *Enc {
	if t.IsZero() {
		return e.Null()
	}
	return e.Time(t, form)
}
