// Package railsxml reads and writes the XML of Rails applications. It reads documents into the neutral tree of
// package wire and writes them by appending. With its Emitter a dialect describes an object once for XML and JSON.
package railsxml

import "time"

// Emitter writes one document, in JSON or in XML, from one description. The calls mirror the XML; a comment shows
// both forms. Names must be XML names with underscores: they come from the program, not from clients, and are not
// checked.
type Emitter interface {
	Structure
	Values

	Bytes() []byte       // the document, valid until the next call; XML ends with a newline, JSON does not
	ContentType() string // the exact header of a response with this document
	Release()            // returns the buffer to a pool; neither the Emitter nor Bytes may be used afterwards
}

// Structure opens and closes the parts of a document. Each opening call (Root, Hash, List, Object, Array, Item) has
// its End.
type Structure interface {
	Root(name string)                     // <user>, {"user":{: a document that is one object
	Hash()                                // <hash>, {: a document that is a bare hash
	List(name, item string, shape Shape)  // <users type="array">, [: a document that is a list
	Object(name string)                   // <x>, "x":{: a hash inside an object
	Array(name, item string, shape Shape) // <roles type="array">, "roles":[: a list inside an object
	Item()                                // <role>, {"role":{ or {: the next object of the innermost list
	ItemStr(v string)                     // <role>v</role>, "v": the next string of the innermost list
	ItemInt(v int64)                      // <role type="integer">1</role>, 1
	End()                                 // closes what was opened last
}

// Values writes the members of an object.
type Values interface {
	Str(name, v string)                     // no type; an empty string stays an empty string
	Int(name string, v int64)               // type="integer"
	Bool(name string, v bool)               // type="boolean"
	Nil(name string)                        // nil="true" without a type, null
	Decimal(name, v string)                 // type="decimal", a number; v is decimal text and gets a point if it has none
	DecimalStr(name, v string)              // type="decimal", a string: how older versions print amounts in JSON
	Float(name string, v float64)           // type="float", a number with a point
	Time(name string, t time.Time)          // type="datetime", a string
	StrOrNil(name, v string)                // Str, or Nil for ""
	TimeOrNil(name string, t time.Time)     // Time, or Nil for the zero time
	IntOrNil(name string, v int64, ok bool) // Int, or Nil when !ok
}

// Shape says how JSON shows the objects of a list. XML names each element either way.
type Shape bool

// The shapes.
const (
	Wrapped Shape = true  // [{"role":{...}}]
	Flat    Shape = false // [{...}]
)
