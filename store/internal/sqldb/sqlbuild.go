package sqldb

import (
	"strconv"
	"strings"
)

// builder builds a statement.
type builder struct {
	text strings.Builder
	args []any
	word string // before the next condition
}

func selecting(columns, table string) *builder {
	b := &builder{word: " where "}
	b.text.WriteString("select " + columns + " from " + table)
	return b
}

// and adds a condition.
func (b *builder) and(condition string, args ...any) {
	b.text.WriteString(b.word)
	b.text.WriteString(condition)
	b.args = append(b.args, args...)
	b.word = " and "
}

// then adds the text after the conditions.
func (b *builder) then(text string, args ...any) {
	b.text.WriteString(text)
	b.args = append(b.args, args...)
}

// limit adds LIMIT and OFFSET; 0 means none.
func (b *builder) limit(limit, offset int) {
	switch {
	case limit > 0:
		b.then(" limit ?", int64(limit))
	case offset > 0:
		b.then(" limit ?", int64(maxID))
	}
	if offset > 0 {
		b.then(" offset ?", int64(offset))
	}
}

// maxBound is the longest list of numbers whose statement is worth preparing. It is
// well below the number of parameters that every engine allows.
const maxBound = 512

// in adds that a column is one of the numbers. Lists are padded to a power of two, so
// that few different statements are prepared. Long ones become literals.
func (b *builder) in(column string, numbers []int64) {
	b.and(column + " in (")
	b.text.WriteString(inList(b, numbers))
	b.text.WriteByte(')')
}

func inList(b *builder, numbers []int64) string {
	if len(numbers) == 0 {
		return "select 0 where 0 = 1"
	}
	if len(numbers) > maxBound {
		return literals(numbers)
	}
	size := 1
	for size < len(numbers) {
		size *= 2
	}
	for i := range size {
		b.args = append(b.args, numbers[min(i, len(numbers)-1)])
	}
	return strings.Repeat("?, ", size-1) + "?"
}

func literals(numbers []int64) string {
	text := make([]byte, 0, 16*len(numbers))
	for i, n := range numbers {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, n, 10)
	}
	return string(text)
}

// inTexts adds that a column is one of the texts, at most [maxBound].
func (b *builder) inTexts(column string, values []string) {
	size := 1
	for size < len(values) {
		size *= 2
	}
	for i := range size {
		b.args = append(b.args, values[min(i, len(values)-1)])
	}
	b.and(column + " in (" + strings.Repeat("?, ", size-1) + "?)")
}

// rows turns IDs into row numbers of the scope, without those that no row can have.
func (s scope) rows(ids []int64) []int64 {
	rows := make([]int64, 0, len(ids))
	for _, n := range ids {
		if valid(n) {
			rows = append(rows, s.row(n))
		}
	}
	return rows
}

// ranged adds the bounds of IDs.
func (b *builder) ranged(s scope, after, before int64) {
	low, high := s.bounds(after, before)
	b.and("id > ?", low)
	b.and("id < ?", high)
}

func direction(desc bool) string {
	if desc {
		return " desc"
	}
	return ""
}
