package onapp

import (
	"bytes"
	"sync/atomic"

	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
)

// form is how a user stands in an answer: in JSON, alone in XML, or in a list in XML, which is indented deeper.
type form uint8

const (
	inJSON form = iota
	inXML
	inXMLList
	formCount
)

func formOf(f format, inList bool) form {
	switch {
	case f != formatXML:
		return inJSON
	case inList:
		return inXMLList
	}
	return inXML
}

// fragments is a piece of a user that is written once in each form and copied from then on. What it is made of must
// not change; only times in the form of the dialect's version may be in it, so each dialect has its own.
type fragments struct {
	made [formCount]atomic.Pointer[[]byte]
}

// get returns the piece. write writes it at that place of a user; several callers may do so at once, to the same end.
func (s *fragments) get(d *Dialect, f form, at place, write func(stream)) []byte {
	if text := s.made[f].Load(); text != nil {
		return *text
	}
	text := d.fragment(f, at, write)
	s.made[f].Store(&text)
	return text
}

// place goes to where in a user a piece stands, behind something else, for the separator and the indent that it has
// there.
type place func(emitter)

func amongKeys(e emitter) { e.Nil("before") }

func amongRoles(e emitter) {
	e.Array("roles", "role", railsxml.Wrapped)
	e.Item()
	e.End()
}

// fragment writes a piece of a user by itself, and leaves away what had to stand before it.
func (d *Dialect) fragment(f form, at place, write func(stream)) []byte {
	format := formatXML
	if f == inJSON {
		format = formatJSON
	}
	e := d.emitter(format)
	defer e.Release()
	if f == inXMLList {
		e.List("users", "user", railsxml.Wrapped)
		e.Item()
	} else {
		e.Root("user")
	}
	at(e)
	from := len(e.Bytes())
	write(e)
	return bytes.Clone(bytes.TrimPrefix(e.Bytes()[from:], []byte{','}))
}
