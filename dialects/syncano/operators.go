package syncano

import (
	"math"
	"strconv"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// operator makes the new stored text of a value from the old one. It runs
// inside the transaction, so that two increments at once count as two.
type operator func(old string) (text, fault string)

// readOperator reads {"_increment": 1} and its like; ok tells whether v is one
// that the field's type knows.
func readOperator(f *field, v wire.Value, allowed bool) (in valueInput, ok bool) {
	if s, is := v.Str(); is && allowed && len(s) > 0 && s[0] == '{' && f.Type != typeString && f.Type != typeText {
		v, _ = parseJSON([]byte(s), wire.Limits{})
	}
	members := v.Members()
	if !allowed || len(members) != 1 {
		return in, false
	}
	name, arg := members[0].Name, members[0].Value
	in.field = f
	switch f.Type {
	case typeInteger, typeFloat:
		in.apply, ok = incrementOf(f.Type, name, arg)
	case typeArray:
		in.apply, ok = arrayOperator(name, arg)
	case typeRelation:
		in.apply, in.ids, ok = relationOperator(name, arg)
	}
	return in, ok
}

func incrementOf(t fieldType, name string, arg wire.Value) (operator, bool) {
	by, ok := floatOf(arg)
	if name != "_increment" || !ok {
		return nil, false
	}
	if t == typeFloat {
		return func(old string) (string, string) {
			n, _ := strconv.ParseFloat(old, 64)
			if n += by; math.IsInf(n, 0) {
				return "", msgNotNumber
			}
			return string(wire.AppendPyFloat(nil, n)), ""
		}, true
	}
	whole := int64(by)
	return func(old string) (string, string) {
		n, _ := strconv.ParseInt(old, 10, 64)
		n += whole
		if n < math.MinInt32 || n > math.MaxInt32 {
			return "", beyond(n < 0)
		}
		return decimal(n), ""
	}, float64(whole) == by
}

func arrayOperator(name string, arg wire.Value) (operator, bool) {
	if arg.Kind() != wire.KindArray {
		arg = wire.Array(arg)
	}
	if !isArray(arg) {
		return func(string) (string, string) { return "", msgArrayItems }, true
	}
	edit := arrayEdits(name)
	return func(old string) (string, string) {
		stored, err := wire.ParseJSON([]byte(old), wire.Limits{})
		if err != nil || !isArray(stored) {
			stored = wire.Array()
		}
		return string(wire.Array(edit(stored.Items(), arg.Items())...).JSON()), ""
	}, edit != nil
}

func arrayEdits(name string) func(items, args []wire.Value) []wire.Value {
	switch name {
	case "_add":
		return func(items, args []wire.Value) []wire.Value {
			return append(append([]wire.Value(nil), items...), args...)
		}
	case "_addunique":
		return addUnique
	case "_remove":
		return without
	}
	return nil
}

func addUnique(items, args []wire.Value) []wire.Value {
	out := append([]wire.Value(nil), items...)
	for _, arg := range args {
		if !holds(out, arg) {
			out = append(out, arg)
		}
	}
	return out
}

func without(items, args []wire.Value) []wire.Value {
	out := make([]wire.Value, 0, len(items))
	for _, item := range items {
		if !holds(args, item) {
			out = append(out, item)
		}
	}
	return out
}

func holds(items []wire.Value, v wire.Value) bool {
	for _, item := range items {
		if wire.Equal(item, v) {
			return true
		}
	}
	return false
}

// relationOperator also returns the ids to be added, of which lookups keep
// those of something.
func relationOperator(name string, arg wire.Value) (op operator, added []int64, ok bool) {
	if name != "_add" && name != "_remove" {
		return nil, nil, false
	}
	if arg.Kind() != wire.KindArray {
		arg = wire.Array(arg)
	}
	ids, ok := idList(arg)
	switch {
	case !ok:
		return func(string) (string, string) { return "", msgRelationIDs }, nil, true
	case name == "_add":
		return addIDs(ids), ids, true
	}
	return func(old string) (string, string) { return idsJSON(minus(storedIDs(old), ids)), "" }, nil, true
}

func addIDs(ids []int64) operator {
	return func(old string) (string, string) { return idsJSON(unique(append(storedIDs(old), ids...))), "" }
}

func storedIDs(text string) []int64 {
	stored, _ := wire.ParseJSON([]byte(text), wire.Limits{})
	ids, _ := idList(stored)
	return ids
}

func minus(ids, gone []int64) []int64 {
	var left []int64
	for _, id := range ids {
		found := false
		for _, g := range gone {
			found = found || g == id
		}
		if !found {
			left = append(left, id)
		}
	}
	return left
}
