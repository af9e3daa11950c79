package onapp

import (
	"net/http"
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
)

// noun is how one kind of object is called on the wire.
type noun struct{ one, many string }

// showObject answers with one object.
func showObject[T any](n noun, v T, write func(stream, T)) reply {
	return show(func(doc *document) error {
		doc.Root(n.one)
		write(doc.Streamer, v)
		doc.End()
		return nil
	})
}

// created answers with a new object and where it is.
func created[T any](n noun, path string, id int64, v T, write func(stream, T)) reply {
	r := showObject(n, v, write)
	r.status = http.StatusCreated
	r.location = path + "/" + strconv.FormatInt(id, 10)
	return r
}

// showList answers with a list of objects, each under its name.
func showList[T any](n noun, all []T, p *page, write func(stream, T)) reply {
	r := show(func(doc *document) error {
		doc.List(n.many, n.one, railsxml.Wrapped)
		for _, v := range all {
			doc.Item()
			write(doc.Streamer, v)
			doc.End()
			if err := doc.spill(); err != nil {
				return err
			}
		}
		doc.End()
		return nil
	})
	r.page = p
	return r
}
