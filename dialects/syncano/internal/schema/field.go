package schema

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Field is one field of a schema, as it is stored and shown. Fields are
// comparable.
type Field struct {
	Name        string `json:"name"`
	Type        Type   `json:"type"`
	OrderIndex  bool   `json:"order_index,omitempty"`
	FilterIndex bool   `json:"filter_index,omitempty"`
	Unique      bool   `json:"unique,omitempty"`
	Target      string `json:"target,omitempty"` // of references and relations, as it was defined: see TargetClass
}

// TargetClass is what a reference or relation points at: the name of a class, "self"
// or "user". Names of classes have no case.
func (f *Field) TargetClass() string { return strings.ToLower(f.Target) }

// Fields is a schema.
type Fields []Field

// Find returns the field of that name; nil for none.
func (fs Fields) Find(name string) *Field {
	for i := range fs {
		if fs[i].Name == name {
			return &fs[i]
		}
	}
	return nil
}

// Files returns the fields that hold files.
func (fs Fields) Files() (files Fields) {
	for _, f := range fs {
		if f.Type == File {
			files = append(files, f)
		}
	}
	return files
}

// Dropped returns the fields whose values are lost when the schema becomes now:
// those that are removed or get another type or target.
func (fs Fields) Dropped(now Fields) (dropped Fields) {
	for _, f := range fs {
		if kept := now.Find(f.Name); kept == nil || kept.Type != f.Type || kept.TargetClass() != f.TargetClass() {
			dropped = append(dropped, f)
		}
	}
	return dropped
}

// Write writes the definitions as they are stored: indexes only if set.
func (fs Fields) Write(out *wire.Enc) {
	out.Arr()
	for _, f := range fs {
		out.Obj().Key("name").Str(f.Name).Key("type").Str(f.Type.Word())
		for _, index := range []struct {
			name string
			on   bool
		}{{"order_index", f.OrderIndex}, {"filter_index", f.FilterIndex}, {"unique", f.Unique}} {
			if index.on {
				out.Key(index.name).Bool(true)
			}
		}
		if f.Target != "" {
			out.Key("target").Str(f.Target)
		}
		out.End()
	}
	out.End()
}
