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

// readOperator reads {"_increment": 1} and the like; ok reports whether v has only
// operators that the field's type has.
func readOperator(f *Field, v wire.Value) (in Input, ok bool) {
	if s, is := v.Str(); is && len(s) > 0 && s[0] == '{' && f.Type != String && f.Type != Text {
		v, _ = ParseJSON([]byte(s), wire.Limits{})
	}
	members := v.Members()
	if len(members) == 0 {
		return in, false
	}
	in.Field = f
	switch f.Type {
	case Integer, Float:
		in.Apply, ok = incrementOf(f.Type, members[0].Name, members[0].Value)
		ok = ok && len(members) == 1
	case Array:
		in.Apply, ok = arrayOperators(v)
	case Relation:
		ok = in.relationOperators(v)
	}
	return in, ok
}

// operands returns the operands of the named operators in the order of names, whatever
// the order of v's members. ok reports whether v has no other members.
func operands(v wire.Value, names ...string) (args []wire.Value, ok bool) {
	found := 0
	for _, name := range names {
		arg, has := v.Get(name)
		if has {
			found++
		} else {
			arg = wire.Array()
		}
		if arg.Kind() != wire.KindArray {
			arg = wire.Array(arg)
		}
		args = append(args, arg)
	}
	return args, found == v.Len()
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

func arrayOperators(v wire.Value) (Operator, bool) {
	args, ok := operands(v, "_add", "_addunique", "_remove")
	for _, arg := range args {
		if !IsArray(arg) {
			return refuse(msgArrayItems), ok
		}
	}
	return func(old string) (string, string) {
		stored, err := wire.ParseJSON([]byte(old), wire.Limits{})
		if err != nil || !IsArray(stored) {
			stored = wire.Array()
		}
		items := append(slices.Clone(stored.Items()), args[0].Items()...)
		present := scalarsOf(items)
		for _, arg := range args[1].Items() {
			if s := scalarOf(arg); !present[s] {
				present[s] = true
				items = append(items, arg)
			}
		}
		removed := scalarsOf(args[2].Items())
		items = slices.DeleteFunc(items, func(item wire.Value) bool { return removed[scalarOf(item)] })
		return string(wire.Array(items...).JSON()), ""
	}, ok
}

// scalar is an item of an array field in a form that is equal for equal items: operators
// run where only one update of the store does, so they look at each item once.
type scalar struct {
	kind wire.Kind
	text string
}

func scalarOf(v wire.Value) scalar { return scalar{v.Kind(), v.Text()} }

func scalarsOf(items []wire.Value) map[scalar]bool {
	set := make(map[scalar]bool, len(items))
	for _, item := range items {
		set[scalarOf(item)] = true
	}
	return set
}

func refuse(fault string) Operator { return func(string) (string, string) { return "", fault } }

// Contains reports whether one of the items equals v.
func Contains(items []wire.Value, v wire.Value) bool {
	return slices.ContainsFunc(items, func(item wire.Value) bool { return wire.Equal(item, v) })
}

// relationOperators sets IDs to those that are added, so that they are looked up;
// see KeepIDs.
func (in *Input) relationOperators(v wire.Value) bool {
	args, ok := operands(v, "_add", "_remove")
	added, whole := ReadIDs(args[0])
	removed, wholeToo := ReadIDs(args[1])
	if !whole || !wholeToo {
		in.Apply = refuse(msgRelationIDs)
		return ok
	}
	in.IDs, in.removed = added, removed
	in.Apply = editIDs(added, removed)
	return ok
}

// editIDs adds ids to a relation, then removes some.
func editIDs(added, removed []int64) Operator {
	removed = SortedIDs(slices.Clone(removed))
	return func(old string) (string, string) {
		ids := SortedIDs(append(storedIDs(old), added...))
		return idsJSON(slices.DeleteFunc(ids, func(id int64) bool {
			_, found := slices.BinarySearch(removed, id)
			return found
		})), ""
	}
}

func storedIDs(text string) []int64 {
	stored, _ := wire.ParseJSON([]byte(text), wire.Limits{})
	ids, _ := ReadIDs(stored)
	return ids
}
