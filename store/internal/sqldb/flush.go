package sqldb

import "strconv"

// flush writes what a batch has counted in memory, once for all its updates, and the
// number of the new state.
func (c *writeSet) flush(version uint64) error {
	for s, n := range c.next {
		err := c.conn.Exec(`insert into sequences (realm, name, next) values (?, ?, ?)
			on conflict (realm, name) do update set next = excluded.next`, int64(s.realm), s.name, n)
		if err != nil {
			return err
		}
	}
	for k, v := range c.objects {
		if n, ok := v.(*realmEntry); ok {
			err := c.conn.Exec("update realms set users = ?, deleted = ? where no = ?", n.users, n.deleted, k.Row>>idBits)
			if err != nil {
				return err
			}
		}
	}
	if err := c.flushBlocks(); err != nil {
		return err
	}
	if err := c.flushFilters(); err != nil {
		return err
	}
	var changed any // NULL
	if c.db.engine.Shared() {
		changed = c.logged()
	}
	c.db.commits++
	c.commit = c.db.name + "-" + strconv.FormatInt(c.db.commits, 10)
	if err := c.conn.Exec(insertState, int64(version), c.commit, changed); err != nil {
		return err
	}
	if version%(keptStates/4) != 0 || version < keptStates {
		return nil
	}
	return c.conn.Exec(dropStates, int64(version-keptStates))
}
