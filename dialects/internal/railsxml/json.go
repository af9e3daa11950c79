package railsxml

import (
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// JSONOptions choose what differs between versions of a Rails application.
type JSONOptions struct {
	Time wire.TimeForm // how moments are printed
}

// jsonEmitter is an Emitter over a wire.Enc.
type jsonEmitter struct {
	e      *wire.Enc
	time   wire.TimeForm
	last   lastTime
	levels []level
	room   [8]level
}

// level is one thing that was opened: how many JSON brackets its End closes, and how its items look.
type level struct {
	brackets int
	item     string // "" = items are flat
}

// NewJSON makes an Emitter of JSON, escaped as Rails does.
func NewJSON(o JSONOptions) Emitter {
	j := &jsonEmitter{e: wire.NewEnc(wire.Rails()), time: o.Time}
	j.levels = j.room[:0]
	return j
}

func (j *jsonEmitter) Root(name string) {
	j.e.Obj().RawKey(name).Obj()
	j.push(2, "")
}

func (j *jsonEmitter) Hash() {
	j.e.Obj()
	j.push(1, "")
}

func (j *jsonEmitter) Object(name string) {
	j.e.RawKey(name).Obj()
	j.push(1, "")
}

func (j *jsonEmitter) List(_, item string, shape Shape) { j.array(item, shape) }

func (j *jsonEmitter) Array(name, item string, shape Shape) {
	j.e.RawKey(name)
	j.array(item, shape)
}

func (j *jsonEmitter) array(item string, shape Shape) {
	if shape == Flat {
		item = ""
	}
	j.e.Arr()
	j.push(1, item)
}

func (j *jsonEmitter) Item() {
	item := j.levels[len(j.levels)-1].item
	if item == "" {
		j.Hash()
		return
	}
	j.Root(item)
}

func (j *jsonEmitter) push(brackets int, item string) {
	j.levels = append(j.levels, level{brackets, item})
}

func (j *jsonEmitter) End() {
	last := len(j.levels) - 1
	for range j.levels[last].brackets {
		j.e.End()
	}
	j.levels = j.levels[:last]
}

func (j *jsonEmitter) ItemStr(v string)         { j.e.Str(v) }
func (j *jsonEmitter) ItemInt(v int64)          { j.e.Int(v) }
func (j *jsonEmitter) Str(name, v string)       { j.e.RawKey(name).Str(v) }
func (j *jsonEmitter) Int(name string, v int64) { j.e.RawKey(name).Int(v) }
func (j *jsonEmitter) Bool(name string, v bool) { j.e.RawKey(name).Bool(v) }
func (j *jsonEmitter) Nil(name string)          { j.e.RawKey(name).Null() }
func (j *jsonEmitter) StrOrNil(name, v string)  { j.e.RawKey(name).StrOrNull(v) }

func (j *jsonEmitter) Time(name string, t time.Time) {
	j.e.RawKey(name).RawBytes(j.last.text(t, j.time, '"'))
}

func (j *jsonEmitter) TimeOrNil(name string, t time.Time) {
	if t.IsZero() {
		j.Nil(name)
		return
	}
	j.Time(name, t)
}

func (j *jsonEmitter) IntOrNil(name string, v int64, ok bool) {
	j.e.RawKey(name)
	if !ok {
		j.e.Null()
		return
	}
	j.e.Int(v)
}

func (j *jsonEmitter) Decimal(name, v string) {
	var room [32]byte
	j.e.RawKey(name).RawBytes(appendDecimal(room[:0], v))
}

func (j *jsonEmitter) DecimalStr(name, v string) {
	var room [32]byte
	j.e.RawKey(name).Str(string(appendDecimal(room[:0], v)))
}

func (j *jsonEmitter) Float(name string, v float64) {
	var room [32]byte
	j.e.RawKey(name).RawBytes(appendFloat(room[:0], v))
}

func (j *jsonEmitter) Bytes() []byte       { return j.e.Bytes() }
func (j *jsonEmitter) ContentType() string { return "application/json; charset=utf-8" }
func (j *jsonEmitter) Release()            { j.e.Release() }
