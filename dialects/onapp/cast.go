package onapp

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/dragoman-gateway/dragoman/dialects/internal/rubydate"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Parameters are text or typed, depending on the format of the request; each attribute casts them.
// See REFERENCE.md, "Parameter sources".

// isScalar reports whether v can be the value of an attribute. Lists and hashes are dropped.
func isScalar(v wire.Value) bool {
	return v.Kind() != wire.KindArray && v.Kind() != wire.KindObject && v.Kind() != wire.KindFile
}

func textField(v wire.Value, name string) wire.Field[string] {
	f := v.Field(name)
	m, ok := f.Get()
	switch {
	case f.IsNull():
		return wire.Null[string]()
	case !ok || !isScalar(m):
		return wire.Field[string]{}
	}
	return wire.Some(m.Text())
}

// intField reads a number, or text that begins with one; blank text is null.
func intField(v wire.Value, name string) wire.Field[int64] {
	text := textField(v, name)
	s, ok := text.Get()
	if !ok {
		return nullLike[int64](text)
	}
	i, ok := castInt(s)
	if !ok {
		return wire.Null[int64]()
	}
	return wire.Some(i)
}

// boolField reads a boolean; any text that does not mean false is true, as in the panel.
func boolField(v wire.Value, name string) wire.Field[bool] {
	text := textField(v, name)
	s, ok := text.Get()
	if !ok {
		return nullLike[bool](text)
	}
	return wire.Some(castBool(s))
}

// timeField reads a moment; blank text is null. ok is false for text that is not one, which must not
// clear a date.
func timeField(v wire.Value, name string, now time.Time) (f wire.Field[time.Time], ok bool) {
	text := textField(v, name)
	s, given := text.Get()
	if !given || strings.TrimSpace(s) == "" {
		return nullLike[time.Time](text), true
	}
	t, ok := castTime(s, now)
	return wire.Some(t), ok
}

// dateField is timeField for an attribute that the date fields of a Rails form can also set in parts:
// name(1i) is the year, name(2i) the month, and so on to the second. Parts that are all blank are null.
func dateField(v wire.Value, name string, now time.Time) (f wire.Field[time.Time], ok bool) {
	if v.Has(name) || !v.Has(name+"(1i)") {
		return timeField(v, name, now)
	}
	var parts [6]string
	for i := range parts {
		part := textField(v, name+"("+strconv.Itoa(i+1)+"i)").Or("")
		if parts[i] = strings.TrimSpace(part); parts[i] == "" && i > 2 {
			parts[i] = "0"
		}
	}
	if parts == [6]string{3: "0", 4: "0", 5: "0"} {
		return wire.Null[time.Time](), true
	}
	t, err := time.Parse("2006-1-2 15:4:5", strings.Join(parts[:3], "-")+" "+strings.Join(parts[3:], ":"))
	return wire.Some(t), err == nil
}

func nullLike[T any](f wire.Field[string]) wire.Field[T] {
	if f.Present() {
		return wire.Null[T]()
	}
	return wire.Field[T]{}
}

// castInt reads the whole number at the beginning of text: "36", " 36 ", "36.0". ok is false
// without one.
func castInt(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	end := 0
	if strings.HasPrefix(text, "-") {
		end = 1
	}
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	i, err := strconv.ParseInt(text[:end], 10, 64)
	return i, err == nil
}

func castBool(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "", "false", "0", "f", "off", "no":
		return false
	}
	return true
}

// castTime reads a moment as Rails does and cuts it to microseconds. Without an offset it is in UTC.
// See REFERENCE.md, "Dates".
func castTime(text string, now time.Time) (t time.Time, ok bool) {
	t, ok = rubydate.Parse(text, now)
	return t.Truncate(time.Microsecond), ok
}

// idList reads a list of ids, sorted and without blanks and duplicates. Text that is not a number
// is id 0, which no object has. ok is false if the list is absent or has an item that cannot be an
// id: the panel drops such a list whole, and a shortened list would remove roles.
func idList(v wire.Value, name string) (ids []int64, ok bool) {
	m, ok := v.Get(name)
	if !ok || m.Kind() == wire.KindObject && m.Len() == 0 {
		return nil, false
	}
	for _, item := range idItems(m) {
		if !isScalar(item) {
			return nil, false
		}
		text := strings.TrimSpace(item.Text())
		if item.IsNull() || text == "" {
			continue
		}
		id, _ := castInt(text)
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return slices.Compact(ids), true
}

// idItems returns the items of an array, of a hash with index names, of a hash around either (an
// XML list without type="array"), or a single value.
func idItems(v wire.Value) []wire.Value {
	if items, ok := wire.AsList(v); ok {
		return items
	}
	if isScalar(v) {
		return []wire.Value{v}
	}
	var items []wire.Value
	for _, m := range v.Members() {
		if list, ok := wire.AsList(m.Value); ok {
			items = append(items, list...)
		} else {
			items = append(items, m.Value)
		}
	}
	return items
}

// downcase returns text in lower case as Ruby does, which has no other form of Σ at the end of a word.
func downcase(text string) string {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return cases.Lower(language.Und, cases.HandleFinalSigma(false)).String(text)
		}
	}
	return strings.ToLower(text)
}
