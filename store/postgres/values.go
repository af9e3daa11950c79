package postgres

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgtype"
)

// encode returns arguments in PostgreSQL's binary formats. They are int64,
// string, []byte or nil.
func encode(args []any) ([][]byte, error) {
	values := make([][]byte, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case nil:
		case int64:
			values[i] = binary.BigEndian.AppendUint64(nil, uint64(v))
		case string:
			values[i] = []byte(v)
		case []byte:
			values[i] = append([]byte{}, v...) // a nil slice is empty, not NULL
		default:
			return nil, fmt.Errorf("postgres: an argument of type %T", a)
		}
	}
	return values, nil
}

// typesOf returns the types of arguments. Only that of numbers is needed; the
// server infers the others.
func typesOf(args []any) []uint32 {
	types := make([]uint32, len(args))
	for i, a := range args {
		if _, ok := a.(int64); ok {
			types[i] = pgtype.Int8OID
		}
	}
	return types
}

// numbered writes a statement's placeholders as $1, $2 and so on. No statement
// has a question mark in a text.
func numbered(sql string) string {
	b := make([]byte, 0, len(sql)+16)
	n := int64(0)
	for i := range len(sql) {
		if sql[i] != '?' {
			b = append(b, sql[i])
			continue
		}
		n++
		b = strconv.AppendInt(append(b, '$'), n, 10)
	}
	return string(b)
}

// row is the values of one row, in PostgreSQL's binary formats. They are valid
// until the next row is read.
type row [][]byte

func (r *row) Null(i int) bool { return (*r)[i] == nil }

// Int reads an integer of any width.
func (r *row) Int(i int) int64 {
	switch v := (*r)[i]; len(v) {
	case 8:
		return int64(binary.BigEndian.Uint64(v))
	case 4:
		return int64(int32(binary.BigEndian.Uint32(v)))
	case 2:
		return int64(int16(binary.BigEndian.Uint16(v)))
	}
	return 0
}

func (r *row) Text(i int) string { return string((*r)[i]) }

func (r *row) Bytes(i int) []byte { return bytes.Clone((*r)[i]) }
