package gateway

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/dragoman-gateway/dragoman/core/archive"
)

// userDecoder reads one user.
type userDecoder struct {
	seedUser
	anchors map[string]ast.Node
	before  int
	found   []seedFault
}

func (d *userDecoder) fault(n ast.Node, reason string) {
	d.found = append(d.found, seedFault{d.before + n.GetToken().Position.Line, reason})
}

func (d *userDecoder) decode(n ast.Node) {
	d.eachMember(n, func(key string, keyNode, value ast.Node) { d.field(key, keyNode, value) })
	if err := (archive.TableOptions{}).Finish(&d.User); err != nil {
		d.fault(n, err.Error())
	}
}

// eachMember calls do for the members of a mapping, those that it merges first.
func (d *userDecoder) eachMember(n ast.Node, do func(key string, keyNode, value ast.Node)) {
	var members []*ast.MappingValueNode
	switch n := d.resolve(n).(type) {
	case *ast.MappingNode:
		members = n.Values
	case *ast.MappingValueNode:
		members = []*ast.MappingValueNode{n}
	case *ast.NullNode:
	default:
		d.fault(n, "a mapping of names and values is expected")
	}
	for _, m := range members {
		if m.Key.IsMergeKey() {
			d.eachMember(m.Value, do)
		}
	}
	for _, m := range members {
		if !m.Key.IsMergeKey() {
			do(scalarText(m.Key), m.Key, m.Value)
		}
	}
}

// resolve returns what an alias, an anchor or a tag stands for.
func (d *userDecoder) resolve(n ast.Node) ast.Node {
	for range 100 { // an alias in its own anchor would never end
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.TagNode:
			n = v.Value
		case *ast.AliasNode:
			n = d.anchors[v.Value.GetToken().Value]
		default:
			return n
		}
		if n == nil {
			break
		}
	}
	return ast.Null(token.New("null", "null", &token.Position{}))
}

// containers are fields whose members are fields.
var containers = map[string]bool{"attributes": true, "handles": true, "groups": true, "facets": true}

// field sets a field, or the fields in a container.
func (d *userDecoder) field(name string, key, n ast.Node) {
	value := d.resolve(n)
	first, rest, _ := strings.Cut(name, ".")
	members := containers[name] || first == "facets" && !strings.Contains(rest, ".")
	switch v := value.(type) {
	case *ast.NullNode:
		return
	case *ast.MappingNode, *ast.MappingValueNode:
		if members {
			d.eachMember(v, func(member string, memberKey, value ast.Node) { d.field(name+"."+member, memberKey, value) })
			return
		}
	case *ast.SequenceNode:
		if first == "groups" || first == "handles" {
			for _, item := range v.Values {
				d.set(name, key, scalarText(d.resolve(item)))
			}
			return
		}
	}
	if first == "attributes" || first == "facets" {
		d.set(name, key, string(d.json(nil, value)))
		return
	}
	d.set(name, key, scalarText(value))
}

func (d *userDecoder) set(name string, key ast.Node, text string) {
	d.fields = append(d.fields, seedField{name, d.before + key.GetToken().Position.Line})
	if name == "password" {
		d.password = text
		return
	}
	if err := archive.SetField(&d.User, name, text); err != nil {
		d.fault(key, fmt.Sprintf("%s: %v", name, err))
	}
}

// scalarText returns the text of a scalar as it is written: 007 keeps its zeros.
func scalarText(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	}
	return n.GetToken().Value
}

// json appends a value as JSON.
func (d *userDecoder) json(b []byte, n ast.Node) []byte {
	switch n := d.resolve(n).(type) {
	case *ast.NullNode:
		return append(b, "null"...)
	case *ast.MappingNode, *ast.MappingValueNode:
		open := len(b)
		d.eachMember(n, func(key string, _, value ast.Node) {
			b = d.json(append(appendJSON(append(b, ','), key), ':'), value)
		})
		return closed(b, open, '{', '}')
	case *ast.SequenceNode:
		open := len(b)
		for _, item := range n.Values {
			b = d.json(append(b, ','), item)
		}
		return closed(b, open, '[', ']')
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		if text := scalarText(n); json.Valid([]byte(text)) {
			return append(b, text...)
		}
	}
	return appendJSON(b, scalarText(d.resolve(n)))
}

// closed puts brackets around the items behind open, each of which has a comma before.
func closed(b []byte, open int, left, right byte) []byte {
	if len(b) == open {
		return append(b, left, right)
	}
	b[open] = left
	return append(b, right)
}

func appendJSON(b []byte, text string) []byte {
	encoded, _ := json.Marshal(text) // a string can always be encoded
	return append(b, encoded...)
}
