package schema

import (
	"slices"
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// readFile reads a part of a multipart body, or the link of a file that exists.
func (c *Context) readFile(in *Input, v wire.Value) (fault string) {
	if in.Upload = v.File(); in.Upload != nil && in.Upload.Len() == 0 {
		return "The submitted file is empty."
	}
	if in.Upload != nil {
		in.File, fault = c.Files.NewName(in.Upload)
	} else {
		link, _ := v.Str()
		if in.File = c.Files.NameInLink(link); in.File == "" {
			fault = "File URL is invalid."
		}
	}
	in.JSON = `"` + in.File + `"`
	return fault
}

// readReference reads what readInteger does, since that is what the original's
// references are, but knows no bounds: what is out of range has no target.
func readReference(in *Input, v wire.Value) (fault string) {
	if _, fault = readInteger(v); fault == MsgNotInteger {
		return fault
	}
	id, _ := ReadPK(v)
	in.JSON, in.IDs = strconv.FormatInt(id, 10), []int64{id}
	return ""
}

// ReadPK reads an id, be it a number, whose fraction is cut off, or a string of
// digits. No object has an id that is out of range.
func ReadPK(v wire.Value) (id int64, fault string) {
	if v.Kind() == wire.KindNumber || v.Kind() == wire.KindString {
		if whole, ok := wholeOperand(v); ok {
			id, _ = strconv.ParseInt(whole, 10, 64)
			return id, ""
		}
	}
	return 0, MsgNotPK(pystyle.TypeName(v))
}

// readCompound reads the types whose stored form is an object or an array. They
// may come as a string that holds the JSON.
func (c *Context) readCompound(in *Input, v wire.Value) (fault string) {
	if s, ok := v.Str(); ok {
		parsed, err := ParseJSON([]byte(s), c.Limits)
		if err != nil {
			return "Not a valid " + in.Field.Type.Word() + "."
		}
		v = parsed
	}
	switch in.Field.Type {
	case Object:
		if v.Kind() != wire.KindObject {
			return MsgNotObject
		}
	case Array:
		if v.Kind() != wire.KindArray {
			return msgNotArray
		}
		if !IsArray(v) {
			return msgArrayItems
		}
	case Geopoint:
		p, ok := ReadPoint(v)
		in.JSON = p.json()
		if !ok {
			return MsgNotGeopoint
		}
		return ""
	default:
		return readRelation(in, v)
	}
	in.JSON = string(v.JSON())
	return ""
}

// IsArray reports whether v is what the type array holds: an array of scalars.
func IsArray(v wire.Value) bool {
	for _, item := range v.Items() {
		if kind := item.Kind(); kind != wire.KindString && kind != wire.KindBool && kind != wire.KindNumber {
			return false
		}
	}
	return v.Kind() == wire.KindArray
}

func readRelation(in *Input, v wire.Value) (fault string) {
	if v.Kind() != wire.KindArray {
		return msgNotRelation
	}
	for _, item := range v.Items() {
		id, err := strconv.ParseInt(item.Text(), 10, 64)
		if err != nil {
			return msgRelationIDs
		}
		in.IDs = append(in.IDs, id)
	}
	in.KeepIDs(in.IDs)
	return ""
}

// KeepIDs makes ids the only ones of a relation, or of what is added to one.
func (in *Input) KeepIDs(ids []int64) {
	in.IDs = SortedIDs(ids)
	in.JSON = idsJSON(in.IDs)
	if in.Apply != nil {
		in.Apply = editIDs(in.IDs, in.removed)
	}
}

// SortedIDs sorts the ids in place and returns each once.
func SortedIDs(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// idsJSON is the stored form of a relation; "" for an empty one.
func idsJSON(ids []int64) string {
	if len(ids) == 0 {
		return ""
	}
	text := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, id, 10)
	}
	return string(append(text, ']'))
}

// ReadIDs reads an array of ids.
func ReadIDs(v wire.Value) ([]int64, bool) {
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
