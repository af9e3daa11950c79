package syncano

// right is what an object grants to its owner, its group and all others. Each
// includes those before it.
type right uint8

const (
	rightNone right = iota
	rightRead
	rightWrite
	rightFull
)

func (r right) word() string { return [...]string{"none", "read", "write", "full"}[r&3] }

// rightNamed reads a right by its word or, as the original does too, its number.
func rightNamed(text string) (right, bool) {
	for r := rightNone; r <= rightFull; r++ {
		if text == r.word() || text == string('0'+byte(r)) {
			return r, true
		}
	}
	return 0, false
}
