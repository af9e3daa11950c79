package sqldb

import (
	"github.com/dragoman-gateway/dragoman/core"
)

// blockBits says how many users a block has whose users are counted: 2,048.
const blockBits = 11

// blockCount is how many users a block has, or by how many that changes.
type blockCount struct {
	users, deleted int64 // all, and those of them that are marked as deleted
}

// countBlock notes that the number of users in the block of a row changes.
func (c *writeSet) countBlock(block int64, n blockCount) {
	sum := c.blocks[block]
	c.blocks[block] = blockCount{sum.users + n.users, sum.deleted + n.deleted}
}

// flushBlocks adds to the stored counts what the batch has counted.
func (c *writeSet) flushBlocks() error {
	for block, n := range c.blocks {
		if n == (blockCount{}) {
			continue
		}
		err := c.conn.Exec(`insert into blocks (id, users, deleted) values (?, ?, ?) on conflict (id) do update
			set users = blocks.users + excluded.users, deleted = blocks.deleted + excluded.deleted`, block, n.users, n.deleted)
		if err != nil {
			return err
		}
	}
	return nil
}

// passBlocks turns most of the offset of a list of all users by number into a bound: it
// passes over whole blocks. To walk over the users would cost more, the deeper the page.
// An update would not see its own changes in the counts, so it walks.
func passBlocks(t *tx, realm scope, q core.UserQuery) (core.UserQuery, error) {
	if q.Offset < 1<<blockBits || q.Order != core.OrderID || q.After != nil || t.change != nil || !wholeRealm(q) {
		return q, nil
	}
	e, err := realmAt(t, realm)
	if err != nil {
		return q, err
	}
	p := passing{q: q}
	if err := eachBlock(t, realm, q.Desc, p.add); err != nil {
		return q, err
	}
	if p.sum != (blockCount{e.users, e.deleted}) {
		return q, nil // another version of the program has written, which did not count
	}
	return p.q, nil
}

// eachBlock reads the counts of a realm's blocks in order.
func eachBlock(t *tx, realm scope, desc bool, add func(block int64, n blockCount)) error {
	b := selecting("id, users, deleted", "blocks")
	b.and("id >= ?", realm.row(0)>>blockBits)
	b.and("id < ?", (realm+1).row(0)>>blockBits)
	b.then(" order by id" + direction(desc))
	return t.query(b.text.String(), b.args, func(r Row) error {
		add(r.Int(0), blockCount{r.Int(1), r.Int(2)})
		return nil
	})
}

// passing is a query on its way over blocks.
type passing struct {
	q       core.UserQuery
	sum     blockCount // of all blocks
	arrived bool
}

func (p *passing) add(block int64, n blockCount) {
	p.sum.users += n.users
	p.sum.deleted += n.deleted
	listed := n.users
	if !p.q.Deleted {
		listed -= n.deleted
	}
	if p.arrived = p.arrived || int64(p.q.Offset) < listed; p.arrived {
		return
	}
	p.q.Offset -= int(listed)
	if p.q.Desc {
		p.q.BeforeID = max(id(block<<blockBits), 1)
	} else {
		p.q.AfterID = id((block+1)<<blockBits - 1)
	}
}
