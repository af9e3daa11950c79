package onapp

import (
	"net/http"
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
)

// What answers are written with: everything an answer can need, and what a single object needs of it.
type (
	stream  = railsxml.Streamer
	emitter = railsxml.Emitter
)

// document is an answer being written. A short one is sent whole, with its length and tag; a long one goes out in
// parts, so that a list of a million needs no more memory than a list of a hundred.
type document struct {
	railsxml.Streamer
	call    *call
	status  int
	started bool // the header is out
}

// measuredBelow is the size up to which the server finds out the length of an answer by itself.
const measuredBelow = 2000

// spillAbove is how much of an answer is gathered before it begins to go out.
const spillAbove = 256 << 10

// spill sends what is there if it has become long. Its error is the connection's.
func (doc *document) spill() error {
	if len(doc.Bytes()) < spillAbove {
		return nil
	}
	if !doc.started {
		doc.started = true
		doc.headers()
		doc.call.w.WriteHeader(doc.status)
	}
	return doc.Drain(doc.call.w)
}

func (doc *document) headers() {
	header := doc.call.w.Header()
	header["Content-Type"] = contentType(doc.call.format)
	header["Cache-Control"] = valueRevalidate
}

// finish sends the rest.
func (doc *document) finish() {
	if doc.started {
		_ = doc.Drain(doc.call.w) // a client that went away needs no answer
		return
	}
	doc.headers()
	body, header := doc.Bytes(), doc.call.w.Header()
	tag := etag(body)
	doc.call.tag[0] = tag
	header["Etag"] = doc.call.tag[:]
	if doc.status == http.StatusOK && matches(doc.call.r, tag) {
		delete(header, "Content-Type")
		doc.call.w.WriteHeader(http.StatusNotModified)
		return
	}
	if len(body) > measuredBelow {
		header["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	doc.call.w.WriteHeader(doc.status)
	_, _ = doc.call.w.Write(body) // a client that went away needs no answer
}

// fail answers a failure met while writing. If some of the answer is out, only cutting the connection tells the
// client that the rest is missing.
func (doc *document) fail(err error) {
	if !doc.started {
		doc.call.d.fail(doc.call.w, doc.call.format, err)
		return
	}
	dialects.NoteError(doc.call.w, err)
	panic(http.ErrAbortHandler)
}
