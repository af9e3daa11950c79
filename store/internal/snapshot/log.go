package snapshot

import (
	"encoding/binary"
	"errors"
)

// Commit is a row of the log of states.
type Commit struct {
	Version uint64
	Name    string
	Changes []byte // see Changes.Encode
}

// Scope is the part of a table that belongs to one realm or kind.
type Scope struct {
	Table uint8
	Scope int64
}

// Object is a row of a table.
type Object struct {
	Table uint8
	Row   int64
}

// Changes are what a commit has changed, but for new objects: no process can have
// those in memory.
type Changes struct {
	Objects []Object
	Scopes  []Scope // whose objects are all gone
}

// The first byte of encoded changes, and the flag of a scope beside its table.
const (
	formatList    = 1
	formatTooMany = 2
	scopeFlag     = 0x80
)

// maxLogged is how many changed objects a commit lists. Of more it only says that
// they are too many.
const maxLogged = 8192

var errChanges = errors.New("snapshot: a list of changes cannot be read")

// Encode returns the form that Decode reads.
func (c Changes) Encode() []byte {
	if len(c.Objects) > maxLogged {
		return []byte{formatTooMany}
	}
	b := []byte{formatList}
	for _, s := range c.Scopes {
		b = binary.AppendUvarint(append(b, s.Table|scopeFlag), uint64(s.Scope))
	}
	for _, o := range c.Objects {
		b = binary.AppendUvarint(append(b, o.Table), uint64(o.Row))
	}
	return b
}

// Decode reads encoded changes. It fails if they were too many to list or come
// from a newer program: then anything may have changed.
func Decode(b []byte) (c Changes, err error) {
	if len(b) == 0 {
		return c, nil
	}
	if b[0] != formatList {
		return c, errChanges
	}
	for b = b[1:]; len(b) > 0; {
		table := b[0]
		row, n := binary.Uvarint(b[1:])
		if n <= 0 {
			return Changes{}, errChanges
		}
		if table&scopeFlag != 0 {
			c.Scopes = append(c.Scopes, Scope{table &^ scopeFlag, int64(row)})
		} else {
			c.Objects = append(c.Objects, Object{table, int64(row)})
		}
		b = b[1+n:]
	}
	return c, nil
}
