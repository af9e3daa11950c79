package econtext

import (
	"net/http"
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// reply writes the members of the answer's "result" object.
type reply func(*encoder) error

// encoder writes an answer: JSON as Python prints it. A long list is sent in pieces as it is written.
type encoder struct {
	*wire.Enc
	c       *call
	base    string // begins every href
	scratch [256]byte
	started bool  // part of the answer was sent
	err     error // of sending a part
	whole   bool  // nothing is sent before the end
}

// contentType goes with every answer, also with empty ones.
const contentType = "application/json; charset=UTF-8"

// noStore goes with every answer too: secrets and tokens are in many. It never changes.
var noStore = []string{"no-store"}

// flushFrom is how many bytes of an answer are collected before they are sent.
// A shorter answer has a Content-Length, a longer one is sent in chunks.
const flushFrom = 192 << 10

// writeReply sends a success: what r writes, in the envelope. See REFERENCE.md, "Envelope".
func (c *call) writeReply(r reply) error {
	e := &c.encoder
	e.Enc, e.c, e.base = wire.NewEnc(wire.Python()), c, c.d.cfg.BaseURL
	defer e.Release()
	if e.base == "" {
		e.base = wire.Origin(c.Request())
	}
	e.Obj().RawKey("econtext").Obj().RawKey("result").Obj()
	if err := r(e); err != nil {
		if e.started {
			dialects.NoteError(c.Response().Writer, err)
			panic(http.ErrAbortHandler) // the client must not take half a list for a whole one
		}
		return err
	}
	e.End().RawKey("elapsed").Float(c.elapsed()).End().End()
	if e.err != nil {
		return e.err
	}
	if e.started {
		_, err := c.Response().Writer.Write(e.Bytes())
		return err
	}
	return c.send(http.StatusOK, e.Bytes())
}

// hold counts the bytes of what an answer is made of, until release is called: it stays in
// memory while the client reads.
func (e *encoder) hold(bytes int) (release func()) {
	w := e.c.Response().Writer
	dialects.HoldAnswer(w, int64(bytes))
	return func() { dialects.HoldAnswer(w, -int64(bytes)) }
}

// flushIfLarge sends what was written so far if that is much.
func (e *encoder) flushIfLarge() error {
	if e.err != nil {
		return e.err
	}
	if e.whole || len(e.Bytes()) < flushFrom {
		return nil
	}
	w := e.c.Response()
	if !e.started {
		w.Header()["Content-Type"], w.Header()["Cache-Control"] = []string{contentType}, noStore
		w.WriteHeader(http.StatusOK)
		e.started = true
	}
	return e.Drain(w.Writer)
}

// send sends a whole answer.
func (c *call) send(status int, body []byte) error { return send(c.Response(), status, body) }

func send(w http.ResponseWriter, status int, body []byte) error {
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = []string{contentType}, noStore
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, err := w.Write(body)
	return err
}

// writeNull answers a method that a path does not have: no result, and which methods there are.
func (c *call) writeNull(status int, allow string) error {
	c.Response().Header()["Allow"] = []string{allow}
	e := wire.NewEnc(wire.Python())
	defer e.Release()
	e.Obj().RawKey("econtext").Obj().RawKey("result").Null().RawKey("elapsed").Float(c.elapsed()).End().End()
	return c.send(status, e.Bytes())
}

// flagReply answers with one key that is true.
func flagReply(key string) reply {
	return func(e *encoder) error {
		e.RawKey(key).Bool(true)
		return nil
	}
}
