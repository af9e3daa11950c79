package edge

import (
	"context"
	"math"
	"net/http"
	"net/netip"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

const (
	// smallAnswer is how many bytes of an answer are not counted while they are written.
	// The bounds on requests bound those.
	smallAnswer = 64 << 10
	// answersPerCore is how many large answers are built at once on each core. More than
	// one, since they also wait for the store.
	answersPerCore = 2
)

// answers bounds what large answers take. Few are built at once, those of each client in
// turn with those of others, and what is held of them until the clients have read it is
// counted. It is safe for concurrent use.
type answers struct {
	limit   atomic.Int64 // of the bytes held for all clients; 0 means no limit
	most    atomic.Int64 // of one answer; 0 means no limit
	clients *shares[netip.Addr]
	held    atomic.Int64
	// turns have no bound of their own for those that wait: they are requests in progress.
	turns *passwd.Turns
}

func newAnswers() *answers {
	return &answers{
		clients: newShares[netip.Addr](0),
		turns:   passwd.NewTurns(answersPerCore*runtime.GOMAXPROCS(0), math.MaxInt),
	}
}

// full reports whether all clients together, or this one, hold as much as they may.
func (a *answers) full(client netip.Addr) bool {
	limit := a.limit.Load()
	return limit > 0 && a.held.Load() >= limit || a.clients.full(client)
}

// hold counts n more bytes, also beyond the limits: what was built is sent.
func (a *answers) hold(client netip.Addr, n int64) {
	a.held.Add(n)
	if n < 0 {
		a.clients.give(client, -n)
	} else {
		a.clients.add(client, n)
	}
}

// answerTurn is what one request has of the answers.
type answerTurn struct {
	of     *answers
	ctx    context.Context
	client netip.Addr
	held   int64
	taken  bool // it is the request's turn
}

// take waits for the request's turn.
func (t *answerTurn) take() error {
	if err := t.of.turns.Take(t.ctx); err != nil {
		return &core.Error{Kind: core.Busy, Op: "answer", Err: err}
	}
	t.taken = true
	return nil
}

// give ends the turn, and reports whether there was one.
func (t *answerTurn) give() bool {
	if !t.taken {
		return false
	}
	t.taken = false
	t.of.turns.Give()
	return true
}

func (t *answerTurn) hold(n int64) {
	t.held += n
	t.of.hold(t.client, n)
}

// end gives back all that the request has.
func (t *answerTurn) end() {
	if t.of == nil {
		return
	}
	t.give()
	if t.held != 0 {
		t.hold(-t.held)
	}
}

// BeginAnswer implements [dialects.AnswerBuilder].
func (r *response) BeginAnswer() error {
	t := &r.turn
	if t.of == nil || t.taken {
		return nil
	}
	if err := r.checkAnswers(); err != nil {
		return err
	}
	asked := time.Now()
	if err := t.take(); err != nil {
		return err
	}
	if r.timeout > 0 && time.Since(asked) > r.timeout/8 {
		r.extendWrite() // waiting is not sending
	}
	err := r.checkAnswers()
	if err != nil {
		t.give()
	}
	return err
}

// checkAnswers fails if too much is held for an answer to begin.
func (r *response) checkAnswers() error {
	if r.status != 0 || !r.turn.of.full(r.turn.client) {
		return nil
	}
	r.handler.cfg.Metrics.busy.Inc()
	return core.ErrBusy
}

// PauseAnswer implements [dialects.AnswerBuilder].
func (r *response) PauseAnswer() bool { return r.turn.give() }

// HoldAnswer implements [dialects.AnswerBuilder].
func (r *response) HoldAnswer(n int64) {
	if r.turn.of != nil {
		r.turn.hold(n)
	}
}

// AnswerFits implements [dialects.AnswerBuilder].
func (r *response) AnswerFits(n int64) bool {
	if r.turn.of == nil {
		return true
	}
	most := r.turn.of.most.Load()
	return most <= 0 || r.turn.held+n <= most
}

// writeAside writes p, while others have their turn. What a long answer goes on with
// waits for its next turn, whether or not it had one.
func (r *response) writeAside(p []byte) (int, error) {
	again := r.turn.give() && !r.isWhole()
	if len(p) > smallAnswer {
		r.turn.hold(int64(len(p)))
		defer func() { r.turn.hold(-int64(len(p))) }()
		again = again || !r.isWhole()
	}
	n, err := r.write(p)
	if err == nil && again {
		err = r.BeginAnswer()
	}
	return n, err
}

// isWhole reports whether the dialect said how long the answer is: it is written at once.
func (r *response) isWhole() bool { return r.Header()["Content-Length"] != nil }

// extendWrite gives the client the time to read the next part.
func (r *response) extendWrite() {
	// A writer without deadlines, as in a test, is not slow.
	_ = http.NewResponseController(r.ResponseWriter).SetWriteDeadline(time.Now().Add(r.timeout))
}
