package postgres

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

// The messages of the protocol that are sent, as bytes appended to what is sent
// before them. Arguments are int64, string, []byte or nil, and go as PostgreSQL
// keeps them, not as text: no type is then needed but that of numbers.

// int8OID is the number of the type bigint.
const int8OID = 20

// appendParse asks to prepare a statement.
func appendParse(b []byte, name, sql string, args []any) []byte {
	b, at := appendHeader(b, 'P')
	b = appendZeroed(appendZeroed(b, name), sql)
	b = binary.BigEndian.AppendUint16(b, uint16(len(args)))
	for _, a := range args {
		oid := uint32(0) // whatever the statement needs there
		if _, ok := a.(int64); ok {
			oid = int8OID
		}
		b = binary.BigEndian.AppendUint32(b, oid)
	}
	return finish(b, at)
}

// appendBind gives a prepared statement its arguments.
func appendBind(b []byte, name string, args []any) ([]byte, error) {
	b, at := appendHeader(b, 'B')
	b = appendZeroed(append(b, 0), name) // the portal has no name
	b = append(b, 0, 1, 0, 1)            // all arguments are binary
	b = binary.BigEndian.AppendUint16(b, uint16(len(args)))
	for _, a := range args {
		switch v := a.(type) {
		case nil:
			b = append(b, 0xFF, 0xFF, 0xFF, 0xFF)
		case int64:
			b = binary.BigEndian.AppendUint64(append(b, 0, 0, 0, 8), uint64(v))
		case string:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
		case []byte:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
		default:
			return nil, fmt.Errorf("postgres: an argument of type %T", a)
		}
	}
	return finish(append(b, 0, 1, 0, 1), at), nil // all results are binary
}

// appendExecute asks for at most that many rows; 0 is all.
func appendExecute(b []byte, rows int) []byte {
	b, at := appendHeader(b, 'E')
	return finish(binary.BigEndian.AppendUint32(append(b, 0), uint32(rows)), at)
}

// appendClose drops a prepared statement.
func appendClose(b []byte, name string) []byte {
	b, at := appendHeader(b, 'C')
	return finish(appendZeroed(append(b, 'S'), name), at)
}

// appendSync ends a flight: whatever has failed before, what follows is run.
func appendSync(b []byte) []byte { return append(b, 'S', 0, 0, 0, 4) }

func appendHeader(b []byte, kind byte) (message []byte, at int) {
	return append(b, kind, 0, 0, 0, 0), len(b) + 1
}

// finish writes the length of the message whose length is kept there.
func finish(b []byte, at int) []byte {
	binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at))
	return b
}

func appendZeroed(b []byte, s string) []byte { return append(append(b, s...), 0) }

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
