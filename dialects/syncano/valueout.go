package syncano

import (
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Values are stored as plain JSON, so that other dialects show something a
// person can read: a datetime as its text, a reference as its id, a file as its
// name. This file dresses them as the field's type wants. What does not fit the
// type, because another dialect wrote it, shows as null.

// writeValue writes the stored JSON text as a value of the field.
func (k *call) writeValue(f *field, text string) {
	switch f.Type {
	case typeString, typeText:
		k.writeStringValue(text)
	case typeInteger:
		k.writeInteger(text)
	case typeFloat:
		k.writeFloat(text)
	case typeBoolean:
		k.writeIf(text == "true" || text == "false", text)
	case typeDatetime:
		k.writeDatetime(text)
	case typeReference:
		k.writeReference(f, text)
	case typeFile:
		k.writeFile(text)
	default:
		k.writeCompound(f, text)
	}
}

func (k *call) writeIf(fits bool, text string) {
	if !fits {
		text = "null"
	}
	k.out.Raw(text)
}

func (k *call) writeStringValue(text string) {
	if !strings.HasPrefix(text, `"`) {
		k.out.Null()
		return
	}
	if !strings.Contains(text, `\`) {
		k.out.Raw(text)
		return
	}
	k.writeParsed(text)
}

// writeParsed writes JSON that somebody else may have spelt otherwise.
func (k *call) writeParsed(text string) {
	v, err := wire.ParseJSON([]byte(text), wire.Limits{})
	if err != nil {
		k.out.Null()
		return
	}
	k.out.Value(v)
}

func (k *call) writeInteger(text string) {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		k.out.Null()
		return
	}
	k.out.Int(n)
}

func (k *call) writeFloat(text string) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		k.out.Null()
		return
	}
	k.out.Float(n)
}

// storedString decodes a stored JSON string.
func storedString(text string) (string, bool) {
	if !strings.HasPrefix(text, `"`) {
		return "", false
	}
	v, err := wire.ParseJSON([]byte(text), wire.Limits{})
	if err != nil {
		return "", false
	}
	return v.Str()
}

// datetimeLayout is the only form that datetimes have, with one to six digits of
// fraction on input and always six on output.
const datetimeLayout = "2006-01-02T15:04:05.000000Z"

func (k *call) writeDatetime(text string) {
	s, ok := storedString(text)
	if _, err := time.Parse(datetimeLayout, s); !ok || err != nil {
		k.out.Null()
		return
	}
	k.out.Obj().Key("type").Str("datetime").Key("value").Str(s).End()
}

func (k *call) writeReference(f *field, text string) {
	id := parseID(text)
	if id == 0 {
		k.out.Null()
		return
	}
	k.out.Obj().Key("type").Str("reference").Key("target").Str(f.Target).Key("value").Int(id).End()
}

func (k *call) writeFile(text string) {
	name, ok := storedString(text)
	if !ok || !isFileName(name) {
		k.out.Null()
		return
	}
	k.out.Obj().Key("type").Str("file").Key("value").Str(k.fileURL(name)).End()
}

// writeCompound writes the types whose stored form is an object or an array.
func (k *call) writeCompound(f *field, text string) {
	v, err := wire.ParseJSON([]byte(text), wire.Limits{})
	if err != nil {
		k.out.Null()
		return
	}
	switch f.Type {
	case typeObject:
		k.writeFitting(v, v.Kind() == wire.KindObject)
	case typeArray:
		k.writeFitting(v, isArray(v))
	case typeGeopoint:
		k.writeGeopoint(v)
	default:
		k.writeRelation(f, v)
	}
}

func (k *call) writeFitting(v wire.Value, fits bool) {
	if !fits {
		v = wire.Value{}
	}
	k.out.Value(v)
}

// isArray tells whether v is an array as the type array wants it: of scalars.
func isArray(v wire.Value) bool {
	for _, item := range v.Items() {
		if kind := item.Kind(); kind != wire.KindString && kind != wire.KindBool && kind != wire.KindNumber {
			return false
		}
	}
	return v.Kind() == wire.KindArray
}

func (k *call) writeGeopoint(v wire.Value) {
	p, ok := readGeopoint(v)
	if !ok {
		k.out.Null()
		return
	}
	k.out.Obj().Key("type").Str("geopoint").Key("longitude").Float(p.longitude).Key("latitude").Float(p.latitude).End()
}

func (k *call) writeRelation(f *field, v wire.Value) {
	ids, ok := idList(v)
	if !ok || len(ids) == 0 {
		k.out.Null()
		return
	}
	k.out.Obj().Key("type").Str("relation").Key("target").Str(f.Target).Key("value").Arr()
	for _, id := range ids {
		k.out.Int(id)
	}
	k.out.End().End()
}

// idList reads an array of ids.
func idList(v wire.Value) ([]int64, bool) {
	ids := make([]int64, 0, v.Len())
	for _, item := range v.Items() {
		id, ok := item.Int()
		if !ok {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, v.Kind() == wire.KindArray
}
