// Package wire holds what every dialect needs at the edge: a tri-state field, a neutral value tree for JSON,
// form and XML bodies, bounded readers of those bodies, Basic credentials, and append-style JSON writers.
// It knows no dialect and no core noun.
package wire

import "strconv"

// Kind says what a Value holds.
type Kind uint8

// The kinds of a Value. The zero Value is KindNull.
const (
	KindNull Kind = iota
	KindBool
	KindNumber
	KindString
	KindArray
	KindObject
	KindFile
)

// Value is one node of a decoded body. It owns its text: it never points into the bytes it was read from,
// so a kept name or login does not keep the rest of a body, and its secrets, alive.
type Value struct {
	text string // content of a string, exact text of a number, "true" or "false"
	node *node  // containers and files
	kind Kind
}

// Member is one name and value of an object, in the order in which it was first met.
type Member struct {
	Name  string
	Value Value
}

// File is an uploaded file of a multipart body.
type File struct {
	Filename    string // base name as the client gave it; not safe as a path
	ContentType string // as the client gave it; "" = not said
	Data        []byte // the content, if Path is ""
	Path        string // where the content is on disk
	Size        int64  // of the content at Path, in bytes
}

// Len is the length of the content in bytes.
func (f *File) Len() int64 {
	if f.Path != "" {
		return f.Size
	}
	return int64(len(f.Data))
}

// Bool makes a boolean.
func Bool(b bool) Value { return Value{kind: KindBool, text: strconv.FormatBool(b)} }

// Number makes a number from its exact JSON text, which the caller vouches for.
func Number(raw string) Value { return Value{kind: KindNumber, text: raw} }

// Int makes a whole number.
func Int(i int64) Value { return Number(strconv.FormatInt(i, 10)) }

// String makes a string.
func String(s string) Value { return Value{kind: KindString, text: s} }

// Array makes an array that keeps the given slice.
func Array(items ...Value) Value { return Value{kind: KindArray, node: &node{items: items}} }

// Object makes an object of the given members; of members with one name the last value stays, in the first place.
func Object(members ...Member) Value {
	v := Value{kind: KindObject, node: &node{members: make([]Member, 0, len(members))}}
	for _, m := range members {
		v.Set(m.Name, m.Value)
	}
	return v
}

// Upload makes a file value.
func Upload(f *File) Value { return Value{kind: KindFile, node: &node{file: f}} }

// Kind returns the JSON type of v.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether v is null.
func (v Value) IsNull() bool { return v.kind == KindNull }

// Text is the scalar's text: a string's content, a number exactly as sent, "true" or "false"; "" for all others.
func (v Value) Text() string { return v.text }

// Str is the content if v is a string.
func (v Value) Str() (string, bool) { return v.textOf(KindString) }

// RawNumber is the exact text if v is a number: "1.50" stays "1.50".
func (v Value) RawNumber() (string, bool) { return v.textOf(KindNumber) }

func (v Value) textOf(k Kind) (string, bool) {
	if v.kind != k {
		return "", false
	}
	return v.text, true
}

// Bool is the value if v is a boolean.
func (v Value) Bool() (value, ok bool) {
	return v.text == "true" && v.kind == KindBool, v.kind == KindBool
}

// Int is the value if v is a number written without fraction or exponent that fits 64 bits.
func (v Value) Int() (int64, bool) {
	if v.kind != KindNumber {
		return 0, false
	}
	i, err := strconv.ParseInt(v.text, 10, 64)
	return i, err == nil
}

// Float is the value if v is a number within the range of a float64.
func (v Value) Float() (float64, bool) {
	if v.kind != KindNumber {
		return 0, false
	}
	f, err := strconv.ParseFloat(v.text, 64)
	return f, err == nil
}

// File is the upload if v is a file, else nil.
func (v Value) File() *File {
	if v.kind != KindFile {
		return nil
	}
	return v.node.file
}
