package syncano

import (
	"net/http"
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// encoder writes the compact JSON of a response.
type encoder struct {
	*wire.Enc
	v       *version
	files   files
	mount   string // the path before the versions as the client sees it; usually ""
	prefix  []byte // mount and "/v1.1/instances/main/", which starts the links
	scratch []byte // for one link or one user
	showKey bool   // v2: show user keys
	w       http.ResponseWriter
	// tooLarge says that what was written is more than one answer may have.
	tooLarge bool
}

// checkSize finds out whether what was written is too large for one answer.
func (e *encoder) checkSize() { e.tooLarge = !dialects.AnswerFits(e.w, int64(len(e.Bytes()))) }

// setInstance makes the following links those of an instance.
func (e *encoder) setInstance(v *version, in *instance) {
	e.prefix = append(append(append(append(e.prefix[:0], e.mount...), v.linkRoot()...), "instances/"...), in.row.Key...)
	e.prefix = append(e.prefix, '/')
}

func (e *encoder) idOrNull(id int64) {
	if id == 0 {
		e.Null()
		return
	}
	e.Int(id)
}

func (e *encoder) words(words []string) {
	e.Arr()
	for _, w := range words {
		e.Str(w)
	}
	e.End()
}

// rawOrEmpty writes a stored JSON object, or an empty one.
func (e *encoder) rawOrEmpty(object []byte) {
	if len(object) == 0 {
		e.Obj().End()
		return
	}
	e.RawBytes(object)
}

// Links are written without escaping: their parts are characters that JSON takes
// as they are.

// link writes a link: a path below the instance.
func (e *encoder) link(path string) {
	e.scratch = append(append(append(e.scratch[:0], '"'), e.prefix...), path...)
	e.RawBytes(append(e.scratch, '"'))
}

// linkID writes a link with an id between two parts of its path.
func (e *encoder) linkID(path string, id int64, rest string) {
	e.scratch = strconv.AppendInt(append(append(append(e.scratch[:0], '"'), e.prefix...), path...), id, 10)
	e.RawBytes(append(append(e.scratch, rest...), '"'))
}

func (e *encoder) linkObject(class string, id int64) {
	e.linkID("classes/"+class+"/objects/", id, "/")
}
