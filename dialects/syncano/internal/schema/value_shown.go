package schema

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Shown reads the values of the fields from an object as this API shows it. files returns
// the name of the file that a link points at; "" for none.
func (fs Fields) Shown(object wire.Value, files func(link string) string) (values core.Attributes, err error) {
	for i := range fs {
		f := &fs[i]
		v, _ := object.Get(f.Name)
		if v.IsNull() {
			continue
		}
		stored, ok := f.shown(v, files)
		if !ok {
			err = errors.Join(err, errors.New(f.Name+" is not of the type "+f.Type.Word()))
		}
		if stored != "" {
			values.Set(f.Name, stored)
		}
	}
	return values, err
}

// shown is the opposite of write.
func (f *Field) shown(v wire.Value, files func(link string) string) (stored string, ok bool) {
	inner, _ := v.Get("value")
	switch f.Type {
	case String, Text: // a client of another dialect may have set a longer one than this one takes
		_, ok := v.Str()
		return string(v.JSON()), ok
	case File:
		link, _ := inner.Str()
		if name := files(link); name != "" {
			return `"` + name + `"`, true
		}
		return "", link != ""
	case Datetime, Reference, Relation:
		v = inner
	}
	in, fault := new(Context).Read(f, v, false)
	return in.JSON, fault == "" && !v.IsNull()
}
