package schema

import (
	"strings"
	"unicode"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Editor makes a resource from another one, by changes. A change costs what it changes,
// and for an attribute with many values what these are: see [Work].
type Editor struct {
	r          Resource
	extensions map[string]*memberList // by URN: those that were looked at, in place of r's
	work       Work
}

// NewEditor starts with what r has. It does not change r, nor values in it.
func NewEditor(r Resource) *Editor {
	return &Editor{r: r.Clone(), extensions: map[string]*memberList{}}
}

// Resource returns the resource that the changes made. The editor must not be used
// afterwards.
func (e *Editor) Resource() Resource {
	for urn, x := range e.extensions {
		if v := x.value(); v.Len() > 0 {
			e.r[urn] = v
		} else {
			delete(e.r, urn)
		}
	}
	return e.r
}

// Set gives a common or core attribute the value, be it null.
func (e *Editor) Set(name string, v wire.Value) { e.r[name] = v }

// extension returns the members of an extension.
func (e *Editor) extension(urn string) *memberList {
	x := e.extensions[urn]
	if x == nil {
		x = newMemberList(e.r[urn])
		e.extensions[urn] = x
	}
	return x
}

// get returns the value of the target's attribute, not of its sub-attribute; null if it
// has none.
func (e *Editor) get(t Target) wire.Value {
	if t.Extension {
		return e.extension(t.Schema.URN).get(t.Attr.Name)
	}
	return e.r[t.Attr.Name]
}

// set gives the target's attribute a value.
func (e *Editor) set(t Target, v wire.Value) {
	if t.Extension {
		e.extension(t.Schema.URN).set(t.Attr.Name, v)
		return
	}
	e.r[t.Attr.Name] = v
}

// remove removes the target's attribute, or the whole extension.
func (e *Editor) remove(t Target) {
	switch {
	case t.Attr == nil:
		delete(e.extensions, t.Schema.URN)
		delete(e.r, t.Schema.URN)
	case t.Extension:
		e.extension(t.Schema.URN).remove(t.Attr.Name)
	default:
		delete(e.r, t.Attr.Name)
	}
}

// memberList is an object being changed: the names of an open schema are the client's,
// so there can be many. It finds them in any case of letters, and keeps the spelling of
// the first.
type memberList struct {
	members []wire.Member
	removed []bool         // by position in members
	at      map[string]int // by folded name
}

func newMemberList(object wire.Value) *memberList {
	l := &memberList{at: make(map[string]int, object.Len())}
	for _, m := range object.Members() {
		l.set(m.Name, m.Value)
	}
	return l
}

func (l *memberList) get(name string) wire.Value {
	if i, ok := l.at[foldName(name)]; ok {
		return l.members[i].Value
	}
	return wire.Value{}
}

func (l *memberList) set(name string, v wire.Value) {
	folded := foldName(name)
	if i, ok := l.at[folded]; ok {
		l.members[i].Value = v
		return
	}
	l.at[folded] = len(l.members)
	l.members, l.removed = append(l.members, wire.Member{Name: name, Value: v}), append(l.removed, false)
}

func (l *memberList) remove(name string) {
	folded := foldName(name)
	if i, ok := l.at[folded]; ok {
		l.removed[i] = true
		delete(l.at, folded)
	}
}

func (l *memberList) value() wire.Value {
	v := wire.Object()
	for i, m := range l.members {
		if !l.removed[i] {
			v.Set(m.Name, m.Value)
		}
	}
	return v
}

// foldName returns the same text for names that [strings.EqualFold] takes for equal.
func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		first := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			first = min(first, other)
		}
		return first
	}, name)
}
