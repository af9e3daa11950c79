package postgres

import (
	"bytes"
	"encoding/binary"
)

// row is the values of one row, in PostgreSQL's own form. They are valid until
// the next message is read.
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
