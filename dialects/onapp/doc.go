package onapp

import (
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// What stored documents are read and written with. A value of another type than expected reads as absent.

func textAt(v wire.Value, name string) string {
	m, _ := v.Get(name)
	s, _ := m.Str()
	return s
}

func intAt(v wire.Value, name string) int64 {
	m, _ := v.Get(name)
	i, _ := m.Int()
	return i
}

func flagAt(v wire.Value, name string) flag {
	m, _ := v.Get(name)
	b, ok := m.Bool()
	if !ok {
		return unsaid
	}
	return flagOf(b)
}

func timeAt(v wire.Value, name string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, textAt(v, name))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

func textsAt(v wire.Value, name string) []string {
	m, _ := v.Get(name)
	var texts []string
	for _, item := range m.Items() {
		if s, ok := item.Str(); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

func intsAt(v wire.Value, name string) []int64 {
	m, _ := v.Get(name)
	var ints []int64
	for _, item := range m.Items() {
		if i, ok := item.Int(); ok {
			ints = append(ints, i)
		}
	}
	return ints
}

func textOrNull(s string) wire.Value {
	if s == "" {
		return wire.Value{}
	}
	return wire.String(s)
}

func intOrNull(i int64) wire.Value {
	if i == 0 {
		return wire.Value{}
	}
	return wire.Int(i)
}

func flagOrNull(f flag) wire.Value {
	if f == unsaid {
		return wire.Value{}
	}
	return wire.Bool(f == yes)
}

func trueOrNull(b bool) wire.Value {
	if !b {
		return wire.Value{}
	}
	return wire.Bool(true)
}

func intsValue(ints []int64) wire.Value {
	v := wire.Array()
	for _, i := range ints {
		v.Append(wire.Int(i))
	}
	return v
}

// object builds a document of the members that are not null.
func object(members ...wire.Member) []byte {
	v := wire.Object()
	for _, m := range members {
		if !m.Value.IsNull() {
			v.Set(m.Name, m.Value)
		}
	}
	return v.JSON()
}
