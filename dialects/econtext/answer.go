package econtext

import (
	"net/http"
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// contentType goes with every answer, the empty ones too.
const contentType = "application/json; charset=UTF-8"

// spillFrom is how many bytes of an answer are gathered before they go out. An
// answer below it has a Content-Length, a longer one is sent in chunks.
const spillFrom = 192 << 10

// answer is a success on its way out: the encoder to write the result to, which
// a long list empties as it goes.
type answer struct {
	*wire.Enc
	k       *call
	base    string
	scratch [256]byte
	spilled bool
}

// succeed writes what r replies into the envelope.
func (k *call) succeed(r reply) error {
	a := &k.answer
	a.Enc, a.k, a.base = wire.NewEnc(wire.Python()), k, k.base()
	defer a.Release()
	a.Obj().RawKey("econtext").Obj().RawKey("result").Obj()
	if err := r.write(a); err != nil {
		if a.spilled {
			k.noteError(err)
			panic(http.ErrAbortHandler) // the client must not take half a list for a whole one
		}
		return err
	}
	a.End().RawKey("elapsed").Float(k.elapsed()).End().End()
	if a.spilled {
		_, err := k.Response().Writer.Write(a.Bytes())
		return err
	}
	return k.send(http.StatusOK, a.Bytes())
}

// spill sends what is gathered so far if it is much.
func (a *answer) spill() error {
	if len(a.Bytes()) < spillFrom {
		return nil
	}
	if !a.spilled {
		a.k.head(http.StatusOK)
		a.spilled = true
	}
	return a.Drain(a.k.Response().Writer)
}

// head sends status and headers.
func (k *call) head(status int) {
	w := k.Response()
	w.Header()["Content-Type"] = []string{contentType}
	w.WriteHeader(status)
}

// send sends a whole answer.
func (k *call) send(status int, body []byte) error {
	k.Response().Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	k.head(status)
	_, err := k.Response().Writer.Write(body)
	return err
}

// fail answers with the words for err, each form in its own way.
func (k *call) fail(err error) error {
	f := failureOf(err)
	if f.cause != nil {
		k.noteError(f.cause)
	}
	if f.status == http.StatusUnauthorized {
		return k.challenge(f)
	}
	switch f.status {
	case http.StatusServiceUnavailable:
		k.Response().Header().Set("Retry-After", "1")
	case http.StatusBadRequest:
		k.Response().Header().Del("Allow") // the router's, for a method word that nobody knows
	}
	e := wire.NewEnc(wire.Python())
	defer e.Release()
	k.d.failureEnvelope(e, f, k.elapsed())
	return k.send(f.status, e.Bytes())
}

// failureEnvelope writes the six keys of an error, in the order in which the
// profile's server has them.
func (d *Dialect) failureEnvelope(e *wire.Enc, f *failure, elapsed float64) {
	e.Obj().RawKey("econtext").Obj()
	if d.v2 {
		e.RawKey("result").Obj().End().RawKey("elapsed").Float(elapsed).RawKey("status").Str(statusText(f.status)).
			Key("error").Str(f.title).RawKey("errorcode").Str(strconv.Itoa(f.status)).RawKey("traceback").Str(f.text)
	} else {
		e.RawKey("status").Str(statusText(f.status)).RawKey("traceback").Str(f.text).RawKey("elapsed").Float(elapsed).
			Key("errorcode").Str(strconv.Itoa(f.status)).RawKey("result").Obj().End().RawKey("error").Str(f.title)
	}
	e.End().End()
}

// challenge is the one error outside the envelope: the vendor's server finds it
// before it knows a route.
func (k *call) challenge(f *failure) error {
	k.Response().Header()["Www-Authenticate"] = []string{`Basic realm="eContext Authentication"`}
	e := wire.NewEnc(wire.Python())
	defer e.Release()
	e.Obj().RawKey("error").Obj().RawKey("description").Str(f.text).RawKey("title").Str(f.title).End().End()
	return k.send(http.StatusUnauthorized, e.Bytes())
}

// sendNull answers a method that a path does not have.
func (k *call) sendNull(status int) error {
	e := wire.NewEnc(wire.Python())
	defer e.Release()
	e.Obj().RawKey("econtext").Obj().RawKey("result").Null().RawKey("elapsed").Float(k.elapsed()).End().End()
	return k.send(status, e.Bytes())
}

func (k *call) noteError(err error) { dialects.NoteError(k.Response().Writer, err) }
