package schema

// ClassRight is what a class grants to its group and to all others. Each
// includes those before it.
type ClassRight uint8

// The rights on a class.
const (
	ClassNone ClassRight = iota
	ClassRead
	ClassCreate
)

// Word is the right's name on the wire.
func (r ClassRight) Word() string { return [...]string{"none", "read", "create_objects"}[r%3] }

// ClassRightNamed reads a right from its word or, as the original does too, its number.
func ClassRightNamed(text string) (ClassRight, bool) {
	for r := ClassNone; r <= ClassCreate; r++ {
		if text == r.Word() || text == string('0'+byte(r)) {
			return r, true
		}
	}
	return 0, false
}
