package railsxml

import (
	"strings"

	"github.com/beevik/etree"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Parse reads a document as Rails' Hash.from_xml does and returns an object with one member, the root. Dashes in
// names become underscores. Attributes other than type and nil are ignored, as are name space prefixes. An unknown
// entity stands for its own text. The document may be in any encoding that it declares; see decode.
// See dialects/onapp/REFERENCE.md.
//
// The document is checked before any tree is built; every error is an *Error that wraps wire.ErrTooDeep,
// wire.ErrTooMany, ErrMalformed, ErrDirective, ErrEntity, ErrEncoding or ErrType.
func Parse(data []byte, limits wire.Limits) (wire.Value, error) {
	limits = limits.WithDefaults()
	data, start, err := decode(data)
	if err != nil {
		return wire.Value{}, &Error{-1, err}
	}
	if data, err = scan(data, start, limits); err != nil {
		return wire.Value{}, err
	}
	doc := etree.NewDocument()
	doc.ReadSettings.MaxDepth = limits.Depth
	if err := doc.ReadFromBytes(data); err != nil || doc.Root() == nil {
		return wire.Value{}, &Error{-1, ErrMalformed}
	}
	root, err := element(doc.Root())
	if err != nil {
		return wire.Value{}, err
	}
	return wire.Object(wire.Member{Name: name(doc.Root()), Value: root}), nil
}

func name(e *etree.Element) string { return strings.ReplaceAll(e.Tag, "-", "_") }

// element is an element's value: an array or a hash if it has elements inside, else its text by its type.
func element(e *etree.Element) (wire.Value, error) {
	typ := e.SelectAttrValue("type", "")
	if typ == "yaml" || typ == "symbol" {
		return wire.Value{}, &Error{-1, ErrType}
	}
	if typ == "array" {
		return array(e)
	}
	text, hasText, hasElements := content(e)
	if hasText && (!hasElements || strings.TrimSpace(text) != "") {
		return leaf(e, typ, text), nil
	}
	if e.SelectAttrValue("nil", "") == "true" {
		return wire.Value{}, nil
	}
	if hasElements {
		return hash(e)
	}
	if typ == "string" {
		return wire.String(""), nil
	}
	return wire.Value{}, nil
}

// content is an element's text, whatever comments and elements stand between its parts.
func content(e *etree.Element) (text string, hasText, hasElements bool) {
	var parts []string // made only when there is more than one
	for _, token := range e.Child {
		switch child := token.(type) {
		case *etree.CharData:
			if hasText {
				parts = append(parts, child.Data)
			} else {
				text = child.Data
			}
			hasText = true
		case *etree.Element:
			hasElements = true
		}
	}
	text += strings.Join(parts, "")
	return text, text != "", hasElements
}

// leaf is the value of an element with text. Blank text under a type, or under nil, is no value.
func leaf(e *etree.Element, typ, text string) wire.Value {
	isNil := e.SelectAttrValue("nil", "") == "true"
	if strings.TrimSpace(text) == "" && (isNil || typ != "") {
		if typ == "string" && !isNil {
			return wire.String("")
		}
		return wire.Value{}
	}
	return cast(typ, text)
}

// array holds every element inside, whatever its name.
func array(e *etree.Element) (wire.Value, error) {
	list := wire.Array()
	for _, child := range e.ChildElements() {
		item, err := element(child)
		if err != nil {
			return wire.Value{}, err
		}
		list.Append(item)
	}
	return list, nil
}

// hash has a member for each name inside; a name that repeats holds the array of its values.
func hash(e *etree.Element) (wire.Value, error) {
	object := wire.Object()
	var repeated map[string]bool // rarely made
	for _, child := range e.ChildElements() {
		value, err := element(child)
		if err != nil {
			return wire.Value{}, err
		}
		key := name(child)
		earlier, ok := object.Get(key)
		switch {
		case !ok:
			object.Set(key, value)
		case repeated[key]:
			earlier.Append(value)
		default:
			if repeated == nil {
				repeated = map[string]bool{}
			}
			repeated[key] = true
			object.Set(key, wire.Array(earlier, value))
		}
	}
	return object, nil
}
