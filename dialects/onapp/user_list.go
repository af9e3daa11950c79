package onapp

import (
	"net/http"
	"strings"
	"unicode"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
)

// listChunk is how many users of a long list are read at once. The whole list is never in memory.
const listChunk = 200

// listUsers shows all users, or only the caller if it may not see others.
// See REFERENCE.md, "List of users".
func listUsers(c *call) (reply, error) {
	if err := require(c.maySome(mayReadUsers)); err != nil {
		return reply{}, err
	}
	q := core.UserQuery{Realm: c.d.cfg.Realm, Deleted: true, Search: searchFor(c.top("q").Text())}
	if !c.mayAll(mayReadUsers) {
		q.IDs = []int64{c.user.ID}
	}
	return c.listUsers(q)
}

// searchFor finds a text in the names of a user; JohnDoe also as john_doe.
func searchFor(text string) core.Search {
	if text == "" {
		return core.Search{}
	}
	terms := []string{core.Fold(text)}
	if snake := underscored(text); snake != terms[0] {
		terms = append(terms, snake)
	}
	return core.Search{Terms: terms, Fields: []core.Field{core.FieldUsername, core.FieldEmail, core.FieldName}}
}

// underscored turns CamelCase into snake_case, as the panel's search does: "JohnDoe" into
// "john_doe".
func underscored(text string) string {
	var b strings.Builder
	var before rune
	for _, r := range text {
		if unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsDigit(before)) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
		before = r
	}
	return b.String()
}

// listUsers answers with the users of a query: a page of them, or all.
func (c *call) listUsers(q core.UserQuery) (reply, error) {
	list := userList{call: c, query: q, left: -1, columns: c.d.columns.full}
	if c.params.merged.Has("short") {
		list.columns = c.d.columns.short
	}
	p, start, from := c.readPage(), list, q
	if p != nil {
		from.Offset = p.asked * p.askedSize
	}
	err := inTurn(c, &from, func(tx *core.Tx) (err error) {
		list = start
		if p != nil {
			total, err := tx.CountUsers(q)
			if err != nil {
				return err
			}
			p.setTotal(total)
			list.query.Offset, list.left = p.offset(), p.size
		}
		return list.read(tx)
	})
	return reply{status: http.StatusOK, write: list.write, page: p}, err
}

// inTurn is view, which waits for its turn: with a query that may look at all users, for
// that of a search.
func inTurn(c *call, q *core.UserQuery, read func(*core.Tx) error) error {
	if !q.LooksAtAll() {
		if err := dialects.BeginAnswer(c.w); err != nil {
			return err
		}
		return c.view(read)
	}
	return c.d.turns.TakeByAddress(c.w, c.r, func() error { return c.view(read) })
}

// userList is a list being sent: the chunk that was read, and where to continue.
type userList struct {
	*call
	query   core.UserQuery
	left    int // users still wanted; negative is all
	chunk   []*userView
	columns []column
	done    bool
	held    int64 // bytes of the chunk
}

// read fetches the next chunk.
func (l *userList) read(tx *core.Tx) error {
	l.query.Limit = listChunk
	if l.left >= 0 {
		l.query.Limit = min(l.left, listChunk)
	}
	users, err := tx.Users(l.query)
	if err != nil {
		return err
	}
	if l.left >= 0 {
		l.left -= len(users)
	}
	if l.done = len(users) < l.query.Limit || l.left == 0; len(users) > 0 {
		l.query.After, l.query.Offset = users[len(users)-1], 0
	}
	l.chunk, err = l.loadViews(tx, users)
	return err
}

// hold counts the chunk as held, in place of the last one.
func (l *userList) hold() {
	var size int64
	for _, v := range l.chunk {
		size += int64(v.user.Size())
	}
	dialects.HoldAnswer(l.w, size-l.held)
	l.held = size
}

// write sends chunk after chunk.
func (l *userList) write(out *response) error {
	out.List("users", "user", railsxml.Wrapped)
	for {
		l.hold()
		for _, v := range l.chunk {
			out.Item()
			l.d.writeListed(out.Streamer, l.format, v, l.columns)
			out.End()
			if err := out.flushIfLarge(); err != nil {
				return err
			}
		}
		if l.done {
			out.End()
			return nil
		}
		start := *l
		err := inTurn(l.call, &l.query, func(tx *core.Tx) error {
			*l = start
			return l.read(tx)
		})
		if err != nil {
			return err
		}
	}
}
