package core

import "sync/atomic"

// Document is an immutable text that a dialect wrote: a facet, or the body of a
// group or record. It caches its decoded form, so that an object in memory is
// decoded once.
type Document struct {
	text    []byte
	decoded atomic.Pointer[any]
}

// NewDocument returns a document of text, which the caller must not change
// afterwards.
func NewDocument(text []byte) *Document { return &Document{text: text} }

// Text returns the text of the document, which must not be changed; nil for a nil
// document.
func (d *Document) Text() []byte {
	if d == nil {
		return nil
	}
	return d.text
}

// Decoded returns the document as a T, decoding it only at the first call. The
// value is shared: callers must not change it. An error is not cached.
func Decoded[T any](d *Document, decode func([]byte) (T, error)) (T, error) {
	if d == nil {
		return decode(nil)
	}
	if memo := d.decoded.Load(); memo != nil {
		if v, ok := (*memo).(T); ok {
			return v, nil
		}
	}
	v, err := decode(d.text)
	if err == nil {
		memo := any(v)
		d.decoded.Store(&memo)
	}
	return v, err
}

// Facet is one dialect's private data of a user.
type Facet struct {
	Dialect string
	Doc     *Document
}

// Facets are a user's facets, at most one for each dialect.
type Facets []Facet

// Get returns the dialect's facet, or nil, which stands for the dialect's defaults.
func (fs Facets) Get(dialect string) *Document {
	for i := range fs {
		if fs[i].Dialect == dialect {
			return fs[i].Doc
		}
	}
	return nil
}

// Set replaces the dialect's facet by text, which must not be changed afterwards.
func (fs *Facets) Set(dialect string, text []byte) {
	for i := range *fs {
		if (*fs)[i].Dialect == dialect {
			(*fs)[i].Doc = NewDocument(text)
			return
		}
	}
	*fs = append(*fs, Facet{Dialect: dialect, Doc: NewDocument(text)})
}
