package syncano

import (
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func (k *call) readReference(f *field, v wire.Value) (in valueInput, fault string) {
	in.field = f
	if k.blankIsNull(v) {
		return in, ""
	}
	id, fault := readPK(v)
	if fault != "" {
		return in, fault
	}
	in.json, in.ids = decimal(id), []int64{id}
	return in, ""
}

// readPK reads an id, be it a number or a string of digits.
func readPK(v wire.Value) (id int64, fault string) {
	switch v.Kind() {
	case wire.KindNumber, wire.KindString:
		text := strip(v.Text())
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, ""
		}
	}
	return 0, notPK(pythonType(v))
}

func (k *call) readCompound(f *field, v wire.Value) (in valueInput, fault string) {
	in.field = f
	if k.blankIsNull(v) {
		return in, ""
	}
	if s, ok := v.Str(); ok {
		parsed, err := parseJSON([]byte(s), k.d.cfg.Body)
		if err != nil {
			return in, notValid(f.Type)
		}
		v = parsed
	}
	switch f.Type {
	case typeObject:
		if v.Kind() != wire.KindObject {
			return in, msgNotObject
		}
	case typeArray:
		if fault := arrayFault(v); fault != "" {
			return in, fault
		}
	case typeGeopoint:
		p, ok := readGeopoint(v)
		if !ok {
			return in, msgNotGeopoint
		}
		in.json = p.json()
		return in, ""
	default:
		return readRelation(f, v)
	}
	in.json = string(v.JSON())
	return in, ""
}

func notValid(t fieldType) string { return "Not a valid " + t.word() + "." }

func arrayFault(v wire.Value) string {
	switch {
	case v.Kind() != wire.KindArray:
		return msgNotArray
	case !isArray(v):
		return msgArrayItems
	}
	return ""
}

// readRelation reads a list of ids, each once; lookups drop those of nothing.
func readRelation(f *field, v wire.Value) (in valueInput, fault string) {
	in.field = f
	if v.Kind() != wire.KindArray {
		return in, msgNotRelation
	}
	for _, item := range v.Items() {
		id, err := strconv.ParseInt(item.Text(), 10, 64)
		if err != nil {
			return in, msgRelationIDs
		}
		in.ids = append(in.ids, id)
	}
	in.ids = unique(in.ids)
	in.json = idsJSON(in.ids)
	return in, ""
}

// idsJSON is the stored form of a relation; an empty one is none.
func idsJSON(ids []int64) string {
	if len(ids) == 0 {
		return ""
	}
	text := "["
	for i, id := range ids {
		if i > 0 {
			text += ","
		}
		text += decimal(id)
	}
	return text + "]"
}
