package sqldb

// idBits is how many bits of a row number are the object's ID in its scope.
const idBits = 40

// maxID is the greatest ID an object can have.
const maxID = 1<<idBits - 1

// scope is the number of a realm, or of a kind in a realm.
type scope int64

// valid reports whether an ID can be in a row number. Any other would be in another
// scope's range.
func valid(id int64) bool { return id > 0 && id <= maxID }

// row returns the row number of a valid ID.
func (s scope) row(id int64) int64 { return int64(s)<<idBits | id }

// id returns the ID in a row number.
func id(row int64) int64 { return row & maxID }

// scopeOf returns the scope in a row number.
func scopeOf(row int64) scope { return scope(row >> idBits) }

// bounds turns exclusive bounds of IDs (0 means none) into exclusive bounds of rows.
func (s scope) bounds(after, before int64) (low, high int64) {
	low, high = s.row(0), s.row(maxID)+1
	if after > 0 {
		low += min(after, maxID)
	}
	if before != 0 && before <= maxID {
		high = s.row(0) + max(before, 0)
	}
	return low, high
}
