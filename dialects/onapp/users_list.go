package onapp

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
)

// listChunk is how many users of a long list are read at once. The whole list is never in memory.
const listChunk = 200

// listUsers shows all users, or for a caller who may only see itself just that one.
func listUsers(c *call) (reply, error) {
	if err := forbidden(!c.some(mayReadUsers)); err != nil {
		return reply{}, err
	}
	q := core.UserQuery{Realm: c.realm(), Deleted: true, Search: searchFor(c.top("q").Text())}
	if !c.all(mayReadUsers) {
		q.IDs = []int64{c.user.ID}
	}
	return c.userList(q)
}

// searchFor looks for a text in the names of a user, and for JohnDoe as john_doe too.
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

// userList answers with the users of a query: a page of them, or all.
func (c *call) userList(q core.UserQuery) (reply, error) {
	cols := c.d.columns.full
	if c.params.merged.Has("short") {
		cols = c.d.columns.short
	}
	list := userList{call: c, query: q, left: -1, columns: cols}
	p := c.pageOf()
	if p != nil {
		list.query.Offset, list.left = p.offset(), p.size
	}
	first := list
	err := c.view(func(tx *core.Tx) (err error) {
		list = first
		if p != nil {
			if p.total, err = tx.CountUsers(q); err != nil {
				return err
			}
		}
		return list.read(tx)
	})
	return reply{status: http.StatusOK, write: list.write, page: p}, err
}

// userList is a list on its way out: the chunk that is read, and how to go on.
type userList struct {
	*call
	query   core.UserQuery
	left    int // users still wanted; negative is all
	chunk   []userView
	columns []column
	done    bool
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
	l.chunk, err = l.views(tx, users)
	return err
}

// write sends chunk after chunk.
func (l *userList) write(doc *document) error {
	doc.List("users", "user", railsxml.Wrapped)
	for {
		if err := l.writeChunk(doc); err != nil {
			return err
		}
		if l.done {
			break
		}
		next := *l
		err := l.view(func(tx *core.Tx) error {
			*l = next
			return l.read(tx)
		})
		if err != nil {
			return err
		}
	}
	doc.End()
	return nil
}

func (l *userList) writeChunk(doc *document) error {
	for i := range l.chunk {
		l.chunk[i].form = formOf(l.format, true)
		doc.Item()
		l.chunk[i].write(doc.Streamer, l.columns)
		doc.End()
		if err := doc.spill(); err != nil {
			return err
		}
	}
	return nil
}
