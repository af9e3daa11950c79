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
	e.item()
	e.buf = append(e.buf, opening)
	e.open = append(e.open, closing)
	e.due = false
	return e
}

// End closes the innermost object or array.
func (e *Enc) End() *Enc {
	last := len(e.open) - 1
	closing := e.open[last]
	e.open = e.open[:last]
	if e.due {
		e.newline()
	}
	e.buf = append(e.buf, closing)
	e.due = true
	return e
}

// Key writes a member's name.
func (e *Enc) Key(name string) *Enc {
	e.item()
	e.buf = AppendString(e.buf, name, e.style.Escape)
	e.buf = append(e.buf, e.style.colon()...)
	e.due = false
	return e
}

// item puts what belongs between the last thing written and a new item, but nothing between a name and its value.
func (e *Enc) item() {
	if e.due {
		e.buf = append(e.buf, e.style.comma()...)
	}
	if e.style.Indent > 0 && len(e.buf) > 0 && e.buf[len(e.buf)-1] != ' ' {
		e.newline()
	}
}

// newline starts an indented line; it does nothing in one-line styles.
func (e *Enc) newline() {
	if e.style.Indent == 0 {
		return
	}
	e.buf = append(e.buf, '\n')
	for range e.style.Indent * len(e.open) {
		e.buf = append(e.buf, ' ')
	}
}

// Str writes a string.
func (e *Enc) Str(s string) *Enc {
	e.item()
	e.buf = AppendString(e.buf, s, e.style.Escape)
	e.due = true
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
	e.item()
	e.buf = strconv.AppendInt(e.buf, i, 10)
	e.due = true
	return e
}

// Float writes a number as AppendPyFloat does.
func (e *Enc) Float(f float64) *Enc {
	e.item()
	e.buf = AppendPyFloat(e.buf, f)
	e.due = true
	return e
}

// Bool writes true or false.
func (e *Enc) Bool(b bool) *Enc {
	if b {
		return e.Raw("true")
	}
	return e.Raw("false")
}

// Null writes null.
func (e *Enc) Null() *Enc { return e.Raw("null") }

// Raw writes JSON text as it is, unchecked.
func (e *Enc) Raw(text string) *Enc {
	e.item()
	e.buf = append(e.buf, text...)
	e.due = true
	return e
}

// RawBytes writes JSON text as it is, unchecked.
func (e *Enc) RawBytes(text []byte) *Enc {
	e.item()
	e.buf = append(e.buf, text...)
	e.due = true
	return e
}

// Time writes a moment as a string.
func (e *Enc) Time(t time.Time, form TimeForm) *Enc {
	e.item()
	e.buf = append(e.buf, '"')
	e.buf = AppendTime(e.buf, t, form)
	e.buf = append(e.buf, '"')
	e.due = true
	return e
}

// TimeOrNull writes a moment, or null for the zero time.
func (e *Enc) TimeOrNull(t time.Time, form TimeForm) *Enc {
	if t.IsZero() {
		return e.Null()
	}
	return e.Time(t, form)
}
