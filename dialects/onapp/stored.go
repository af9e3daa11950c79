package onapp

import (
	"encoding/json"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
)

// decodeStored reads a stored document into v. A member of another type than expected reads as
// absent.
func decodeStored(text []byte, v any) error {
	var syntax *json.SyntaxError
	if err := json.Unmarshal(text, v); errors.As(err, &syntax) {
		return &core.Error{Op: "decode document", Subject: dialectName, Err: err}
	}
	return nil
}

// decodeBody returns the body of a group or record, decoded once and shared.
func decodeBody[T any](doc *core.Document) (*T, error) {
	return core.Decoded(doc, func(text []byte) (*T, error) {
		v := new(T)
		if text == nil {
			return v, nil
		}
		return v, decodeStored(text, v)
	})
}

// encodeStored writes a document. It panics for a type that JSON cannot hold, which is a bug.
func encodeStored(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

func encodeBody(v any) *core.Document { return core.NewDocument(encodeStored(v)) }

// CheckUser fails if the user's facet cannot be read.
func (d *Dialect) CheckUser(u *core.User) error {
	_, err := facetOf(u)
	return err
}

// CheckGroup fails if the group cannot be read.
func (d *Dialect) CheckGroup(g *core.Group) error {
	if g.Kind == kindRole {
		_, err := roleOf(g)
		return err
	}
	return checkDocument(g.Body)
}

// CheckRecord fails if the record cannot be read.
func (d *Dialect) CheckRecord(r *core.Record) error { return checkDocument(r.Body) }

func checkDocument(doc *core.Document) error {
	if doc.Text() == nil {
		return nil
	}
	var v any
	return decodeStored(doc.Text(), &v)
}
