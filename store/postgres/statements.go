package postgres

import "strconv"

// statements are those that a connection keeps prepared. One whose first flight
// fails before it is reached is not, and is forgotten.
type statements struct {
	known   map[string]*statement
	made    int
	parsing []*statement // sent, and not yet confirmed
}

// statement is a prepared statement; one without a name is for once.
type statement struct {
	name, sql string
}

const (
	// maxStatements is how many statements a connection keeps prepared.
	maxStatements = 256
	// maxText is the length of the longest statement that is worth keeping.
	maxText = 8 << 10
)

// add appends what prepares the statement, if it is not yet prepared.
func (ss *statements) add(b []byte, sql string, args []any) ([]byte, *statement) {
	if s := ss.known[sql]; s != nil {
		return b, s
	}
	s := &statement{sql: sql}
	if len(sql) <= maxText {
		b = ss.makeRoom(b)
		ss.made++
		s.name = "s" + strconv.Itoa(ss.made)
		ss.known[sql] = s
	}
	ss.parsing = append(ss.parsing, s)
	return appendParse(b, s.name, numbered(sql), args), s
}

// makeRoom appends what drops all, when there are too many: the few that matter
// come back at once.
func (ss *statements) makeRoom(b []byte) []byte {
	if ss.known != nil && len(ss.known) < maxStatements {
		return b
	}
	for _, s := range ss.known {
		b = appendClose(b, s.name)
	}
	ss.known = make(map[string]*statement, maxStatements)
	return b
}

// confirm notes that the server has prepared the next one.
func (ss *statements) confirm() {
	if len(ss.parsing) > 0 {
		ss.parsing = ss.parsing[1:]
	}
}

// settle forgets, at the end of a flight, those that the server never came to.
func (ss *statements) settle() {
	for _, s := range ss.parsing {
		if ss.known[s.sql] == s {
			delete(ss.known, s.sql)
		}
	}
	ss.parsing = ss.parsing[:0]
}
