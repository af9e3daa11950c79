package dialects

import "net/http"

// AnswerBuilder is what the program's own ResponseWriter can do besides writing: let few
// large answers be built at once, in turn by client, and bound what is held of answers.
type AnswerBuilder interface {
	// BeginAnswer waits until it is the client's turn to build an answer that may be
	// large, from before its rows are read. The turn ends with the request, and pauses
	// while the writer waits for the client to read. BeginAnswer fails with an error of
	// the core's kind Busy, before the answer has begun, if the client holds too much in
	// answers that it does not read. It must not be called inside a transaction.
	BeginAnswer() error
	// PauseAnswer ends the turn, and reports whether there was one.
	PauseAnswer() bool
	// HoldAnswer counts n more bytes as held for the client until the request ends; n is
	// negative for fewer.
	HoldAnswer(n int64)
	// AnswerFits reports whether n bytes more than are counted as held for the request
	// are few enough for one answer.
	AnswerFits(n int64) bool
}

// BeginAnswer begins to build a large answer on w, if w knows of turns.
func BeginAnswer(w http.ResponseWriter) error {
	if b, ok := w.(AnswerBuilder); ok {
		return b.BeginAnswer()
	}
	return nil
}

// PauseAnswer ends the turn of the answer on w, for what the request waits for besides.
// The caller calls resume afterwards, which waits for the next turn if there was one.
func PauseAnswer(w http.ResponseWriter) (resume func() error) {
	if b, ok := w.(AnswerBuilder); ok && b.PauseAnswer() {
		return b.BeginAnswer
	}
	return func() error { return nil }
}

// HoldAnswer counts n more bytes as held for the answer on w, if w counts them.
func HoldAnswer(w http.ResponseWriter, n int64) {
	if b, ok := w.(AnswerBuilder); ok {
		b.HoldAnswer(n)
	}
}

// AnswerFits reports whether an answer on w may have n more bytes than are held for it.
func AnswerFits(w http.ResponseWriter, n int64) bool {
	b, ok := w.(AnswerBuilder)
	return !ok || b.AnswerFits(n)
}
