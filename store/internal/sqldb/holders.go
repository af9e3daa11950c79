package sqldb

import "github.com/dragoman-gateway/dragoman/core"

// listHolders lists users by their handles of one kind, which have an index. To list
// them by number, all that have one would be read.
func listHolders(t *tx, realm scope, q core.UserQuery) ([]*core.User, error) {
	b := selecting("h.holder", "handles h join users u on u.id = h.holder")
	b.and("h.realm = ?", int64(realm))
	b.and("h.kind = ?", q.HandleKind)
	if !q.Deleted {
		b.and("u.deleted_at is null")
	}
	b.then(" order by h.lookup")
	b.limit(q.Limit, 0)
	rows, err := t.numbers(b)
	if err != nil {
		return nil, err
	}
	return usersAt(t, q.Realm, rows)
}
