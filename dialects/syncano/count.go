package syncano

import "github.com/dragoman-gateway/dragoman/core"

// countExact is up to how many objects are counted one by one.
const countExact = 1000

// countObjects counts a class's objects: exactly up to countExact, beyond that
// from how densely the first ones fill the ids, so that it never walks a million.
func countObjects(tx *core.Tx, c *class) (int64, error) {
	if c.isProfile() {
		return countUsers(tx, c.row.Realm) // everybody has a profile, or gets it when looked at
	}
	q := core.RecordQuery{Realm: c.row.Realm, Kind: objectKind(c.name()), Limit: 1, Offset: countExact}
	beyond, err := oneID(tx, q)
	if err != nil {
		return 0, err
	}
	if beyond == 0 {
		q.Limit, q.Offset = 0, 0
		n, err := tx.CountRecords(q)
		return int64(n), err
	}
	q.Offset = 0
	first, err := oneID(tx, q)
	if err != nil {
		return 0, err
	}
	q.Desc = true
	last, err := oneID(tx, q)
	return (last - first + 1) * (countExact + 1) / (beyond - first + 1), err
}

// oneID returns the id of the only record that q lists; 0 for none.
func oneID(tx *core.Tx, q core.RecordQuery) (int64, error) {
	rows, err := tx.Records(q)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].ID, nil
}
