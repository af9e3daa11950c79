package schema

import (
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Write writes a stored value as the field's type shows it. A value that does
// not fit the type, because another dialect wrote it, is shown as null.
func (f *Field) Write(out *wire.Enc, files Files, stored string) {
	if !f.write(out, files, stored) {
		out.Null()
	}
}

// write reports whether stored fits the type; it writes nothing if not.
func (f *Field) write(out *wire.Enc, files Files, stored string) bool {
	switch f.Type {
	case String, Text:
		return writeString(out, stored)
	case Integer:
		n, err := strconv.ParseInt(stored, 10, 32)
		return err == nil && out.Int(n) != nil
	case Float:
		n, err := strconv.ParseFloat(stored, 64)
		return err == nil && out.Float(n) != nil
	case Boolean:
		return (stored == "true" || stored == "false") && out.Raw(stored) != nil
	case Datetime:
		return writeDatetime(out, stored)
	case Reference:
		id, err := strconv.ParseUint(stored, 10, 63)
		return err == nil && id > 0 && f.begin(out).Int(int64(id)).End() != nil
	case File:
		return f.writeFile(out, files, stored)
	}
	return f.writeCompound(out, stored)
}

// begin begins the object around values that name their type.
func (f *Field) begin(out *wire.Enc) *wire.Enc {
	out.Obj().Key("type").Str(f.Type.Word())
	if f.Target != "" {
		out.Key("target").Str(f.Target)
	}
	return out.Key("value")
}

// Verbatim reports whether Write would write stored as it is. It never does for
// types other than strings and booleans.
func (f *Field) Verbatim(stored string) bool {
	switch f.Type {
	case String, Text:
		return strings.HasPrefix(stored, `"`) && !strings.Contains(stored, `\`)
	case Boolean:
		return stored == "true" || stored == "false"
	}
	return false
}

func writeString(out *wire.Enc, stored string) bool {
	if !strings.HasPrefix(stored, `"`) {
		return false
	}
	if !strings.Contains(stored, `\`) {
		out.Raw(stored)
		return true
	}
	v, err := wire.ParseJSON([]byte(stored), wire.Limits{}) // another dialect may escape otherwise
	return err == nil && out.Value(v) != nil
}

// StoredString decodes a stored JSON string.
func StoredString(stored string) (string, bool) {
	if !strings.HasPrefix(stored, `"`) {
		return "", false
	}
	v, err := wire.ParseJSON([]byte(stored), wire.Limits{})
	if err != nil {
		return "", false
	}
	return v.Str()
}

func writeDatetime(out *wire.Enc, stored string) bool {
	s, ok := StoredString(stored)
	if _, err := time.Parse(DatetimeLayout, s); !ok || err != nil {
		return false
	}
	out.Obj().Key("type").Str("datetime").Key("value").Str(s).End()
	return true
}

func (f *Field) writeFile(out *wire.Enc, files Files, stored string) bool {
	name, _ := StoredString(stored)
	link := files.Link(name)
	if link == "" {
		return false
	}
	f.begin(out).Str(link).End()
	return true
}

func (f *Field) writeCompound(out *wire.Enc, stored string) bool {
	v, err := wire.ParseJSON([]byte(stored), wire.Limits{})
	if err != nil {
		return false
	}
	switch f.Type {
	case Object:
		return v.Kind() == wire.KindObject && out.Value(v) != nil
	case Array:
		return IsArray(v) && out.Value(v) != nil
	case Geopoint:
		p, ok := ReadPoint(v)
		if ok {
			out.Obj().Key("type").Str("geopoint").Key("longitude").Float(p.Longitude).Key("latitude").Float(p.Latitude).End()
		}
		return ok
	}
	return f.writeRelation(out, v)
}

func (f *Field) writeRelation(out *wire.Enc, v wire.Value) bool {
	ids, ok := ReadIDs(v)
	if !ok || len(ids) == 0 {
		return false
	}
	f.begin(out).Arr()
	for _, id := range ids {
		out.Int(id)
	}
	out.End().End()
	return true
}
