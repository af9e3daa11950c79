package schema

import (
	"math"
	"slices"
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Operator computes the new stored text of a value from the old one. It runs
// inside the transaction, so that two concurrent increments count as two.
type Operator func(old string) (stored, fault string)

// readOperator reads {"_increment": 1} and the like; ok reports whether v is an
// operator that the field's type has.
func readOperator(f *Field, v wire.Value) (in Input, ok bool) {
	if s, is := v.Str(); is && len(s) > 0 && s[0] == '{' && f.Type != String && f.Type != Text {
		v, _ = ParseJSON([]byte(s), wire.Limits{})
	}
	members := v.Members()
	if len(members) != 1 {
		return in, false
	}
	name, arg := members[0].Name, members[0].Value
	in.Field = f
	switch f.Type {
	case Integer, Float:
		in.Apply, ok = incrementOf(f.Type, name, arg)
	case Array:
		in.Apply, ok = arrayOperator(name, arg)
	case Relation:
		in.Apply, in.IDs, ok = relationOperator(name, arg)
	}
	return in, ok
}

func incrementOf(t Type, name string, arg wire.Value) (Operator, bool) {
	by, ok := FloatOf(arg)
	if name != "_increment" || !ok {
		return nil, false
	}
	if t == Float {
		return func(old string) (string, string) {
			n, _ := strconv.ParseFloat(old, 64)
			if n += by; math.IsInf(n, 0) {
				return "", MsgNotNumber
			}
			return string(wire.AppendPyFloat(nil, n)), ""
		}, true
	}
	whole := int64(by)
	return func(old string) (string, string) {
		n, _ := strconv.ParseInt(old, 10, 64)
		n += whole
		if n < math.MinInt32 || n > math.MaxInt32 {
			return "", msgOutOfRange(n < 0)
		}
		return strconv.FormatInt(n, 10), ""
	}, float64(whole) == by
}

func arrayOperator(name string, arg wire.Value) (Operator, bool) {
	if arg.Kind() != wire.KindArray {
		arg = wire.Array(arg)
	}
	if !IsArray(arg) {
		return func(string) (string, string) { return "", msgArrayItems }, true
	}
	edit := arrayEdit(name)
	return func(old string) (string, string) {
		stored, err := wire.ParseJSON([]byte(old), wire.Limits{})
		if err != nil || !IsArray(stored) {
			stored = wire.Array()
		}
		return string(wire.Array(edit(slices.Clone(stored.Items()), arg.Items())...).JSON()), ""
	}, edit != nil
}

func arrayEdit(name string) func(items, args []wire.Value) []wire.Value {
	switch name {
	case "_add":
		return func(items, args []wire.Value) []wire.Value { return append(items, args...) }
	case "_addunique":
		return func(items, args []wire.Value) []wire.Value {
			for _, arg := range args {
				if !Contains(items, arg) {
					items = append(items, arg)
				}
			}
			return items
		}
	case "_remove":
		return func(items, args []wire.Value) []wire.Value {
			return slices.DeleteFunc(items, func(item wire.Value) bool { return Contains(args, item) })
		}
	}
	return nil
}

// Contains reports whether one of the items equals v.
func Contains(items []wire.Value, v wire.Value) bool {
	return slices.ContainsFunc(items, func(item wire.Value) bool { return wire.Equal(item, v) })
}

// relationOperator also returns the ids to add; see Input.KeepIDs.
func relationOperator(name string, arg wire.Value) (op Operator, added []int64, ok bool) {
	if name != "_add" && name != "_remove" {
		return nil, nil, false
	}
	if arg.Kind() != wire.KindArray {
		arg = wire.Array(arg)
	}
	ids, ok := ReadIDs(arg)
	switch {
	case !ok:
		return func(string) (string, string) { return "", msgRelationIDs }, nil, true
	case name == "_add":
		return addIDs(ids), ids, true
	}
	return func(old string) (string, string) {
		left := slices.DeleteFunc(storedIDs(old), func(id int64) bool { return slices.Contains(ids, id) })
		return idsJSON(left), ""
	}, nil, true
}

func addIDs(ids []int64) Operator {
	return func(old string) (string, string) { return idsJSON(SortedIDs(append(storedIDs(old), ids...))), "" }
}

func storedIDs(text string) []int64 {
	stored, _ := wire.ParseJSON([]byte(text), wire.Limits{})
	ids, _ := ReadIDs(stored)
	return ids
}
