package onapp

import (
	"net/http"
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// reply is what a handler answers.
type reply struct {
	status int
	// write writes the document; nil answers without a body.
	write func(*response) error
	// location is the path of a new object.
	location string
	// secret is set on an answer that must not be stored on the way.
	secret bool
	// page is set on a list that was asked for in pages.
	page *page
}

// noun is the name of one kind of object on the wire.
type noun struct{ one, many string }

// done answers a change that shows nothing: 204, or in old versions 200 with an empty hash.
// See REFERENCE.md, "Versions".
func (d *Dialect) done() reply {
	if d.version >= v30 {
		return reply{status: http.StatusNoContent}
	}
	return showHash(func(stream) {})
}

// showHash answers with a bare hash.
func showHash(write func(stream)) reply {
	return reply{status: http.StatusOK, write: func(out *response) error {
		out.Hash()
		write(out.Streamer)
		out.End()
		return nil
	}}
}

// showObject answers with one object.
func showObject[T any](n noun, v T, write func(stream, T)) reply {
	return reply{status: http.StatusOK, write: func(out *response) error {
		out.Root(n.one)
		write(out.Streamer, v)
		out.End()
		return nil
	}}
}

// showCreated answers with a new object and its address.
func showCreated[T any](n noun, path string, id int64, v T, write func(stream, T)) reply {
	r := showObject(n, v, write)
	r.status, r.location = http.StatusCreated, path+"/"+strconv.FormatInt(id, 10)
	return r
}

// showList answers with a list of objects, each under its name.
func showList[T any](n noun, all []T, p *page, write func(stream, T)) reply {
	return reply{status: http.StatusOK, page: p, write: func(out *response) error {
		out.List(n.many, n.one, railsxml.Wrapped)
		for _, v := range all {
			out.Item()
			write(out.Streamer, v)
			out.End()
			if err := out.flushIfLarge(); err != nil {
				return err
			}
		}
		out.End()
		return nil
	}}
}

// writeReply sends what a handler answers.
func (c *call) writeReply(r reply) {
	header := c.w.Header()
	if r.location != "" {
		header["Location"] = []string{wire.Origin(c.r) + r.location}
	}
	if r.page != nil {
		r.page.writeHeaders(header)
	}
	if r.write == nil {
		writeEmpty(c.w, r.status)
		return
	}
	out := response{Streamer: c.d.newStream(c.format), call: c, status: r.status, secret: r.secret}
	defer out.Release()
	if err := r.write(&out); err != nil {
		out.fail(err)
		return
	}
	out.finish()
}

// writeEmpty answers without a body.
func writeEmpty(w http.ResponseWriter, status int) {
	w.Header()["Cache-Control"] = valueNoCache
	w.WriteHeader(status)
}
