package dialecttest

import (
	"net/http/httptest"

	"github.com/dragoman-gateway/dragoman/core"
)

// BoundedRecorder is a recorder with the bounds of answers that the gateway's own
// ResponseWriter has. It is not safe for concurrent use.
type BoundedRecorder struct {
	*httptest.ResponseRecorder
	// Most is how many bytes an answer may have.
	Most int64
	// Full refuses every answer that may be large.
	Full bool
	// Began counts the large answers, Held the bytes that are held now and MostHeld at once.
	Began, Held, MostHeld int64
	turn                  bool
}

// NewBoundedRecorder returns a recorder of answers of at most that many bytes.
func NewBoundedRecorder(most int64) *BoundedRecorder {
	return &BoundedRecorder{ResponseRecorder: httptest.NewRecorder(), Most: most}
}

// BeginAnswer implements [dialects.AnswerBuilder].
func (r *BoundedRecorder) BeginAnswer() error {
	if r.Full {
		return core.ErrBusy
	}
	if !r.turn {
		r.Began++
	}
	r.turn = true
	return nil
}

// PauseAnswer implements [dialects.AnswerBuilder].
func (r *BoundedRecorder) PauseAnswer() (had bool) {
	had, r.turn = r.turn, false
	return had
}

// HoldAnswer implements [dialects.AnswerBuilder].
func (r *BoundedRecorder) HoldAnswer(n int64) {
	r.Held += n
	r.MostHeld = max(r.MostHeld, r.Held)
}

// AnswerFits implements [dialects.AnswerBuilder].
func (r *BoundedRecorder) AnswerFits(n int64) bool { return r.Held+n <= r.Most }
