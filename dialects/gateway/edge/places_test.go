package edge_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

// slowBody is a body that comes when it is let go.
type slowBody struct{ asked, come chan bool }

func (b slowBody) Read([]byte) (int, error) {
	b.asked <- true
	<-b.come
	return 0, io.EOF
}

func newSlowBody() slowBody { return slowBody{make(chan bool), make(chan bool)} }

// send sends a request with the body, and returns the status when it is answered.
func (b slowBody) send(h http.Handler) <-chan int {
	status := make(chan int, 1)
	go func() {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest("POST", "/", b))
		status <- rec.Code
	}()
	return status
}

// sendSlow sends n requests whose bodies have not come when it returns.
func sendSlow(h http.Handler, n int) (bodies []slowBody, statuses []<-chan int) {
	for range n {
		b := newSlowBody()
		bodies, statuses = append(bodies, b), append(statuses, b.send(h))
		<-b.asked
	}
	return bodies, statuses
}

// newReader returns an edge whose dialect reads the body. It says the request is busy
// where reading fails so.
func newReader(t *testing.T, limit int64) *fixture {
	t.Helper()
	return newFixture(t, func(c *edge.Config) { c.MaxRequests = limit }, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); errors.Is(err, core.ErrBusy) {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
}

func TestSlowBodiesLeaveHalfOfTheRequestsToOthers(t *testing.T) {
	t.Parallel()
	const limit, slow = 4, 12
	w := newReader(t, limit)
	bodies, statuses := sendSlow(w, slow)
	if rec := w.do("GET", "/"); rec.Code != 200 {
		t.Errorf("with %d slow bodies another request gets %d", slow, rec.Code)
	}
	for i, b := range bodies {
		b.come <- true
		if got := <-statuses[i]; got != 200 {
			t.Errorf("slow body %d: %d", i, got)
		}
	}
}

// Requests whose bodies come at once are no more than others that are in progress at once.
func TestBodiesThatComeAtOnceAreBounded(t *testing.T) {
	t.Parallel()
	const limit, slow = 2, 6
	leave := make(chan bool)
	entered := make(chan bool)
	w := newFixture(t, func(c *edge.Config) { c.MaxRequests = limit }, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); errors.Is(err, core.ErrBusy) {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		entered <- true
		<-leave
	})
	bodies, statuses := sendSlow(w, slow)
	bodies[0].come <- true
	<-entered
	for i, b := range bodies[1 : slow-1] {
		b.come <- true
		if got := <-statuses[i+1]; got != 503 {
			t.Errorf("body %d: %d", i+1, got)
		}
	}
	bodies[slow-1].come <- true
	<-entered
	if rec := w.do("GET", "/"); rec.Code != 503 {
		t.Errorf("a request beyond the limit gets %d", rec.Code)
	}
	close(leave)
	for _, i := range []int{0, slow - 1} {
		if got := <-statuses[i]; got != 200 {
			t.Errorf("body %d: %d", i, got)
		}
	}
}

func TestWaitingBodiesAreBounded(t *testing.T) {
	t.Parallel()
	const limit, most = 2, 8
	w := newReader(t, limit)
	bodies, statuses := sendSlow(w, most)
	if got := <-newSlowBody().send(w); got != 503 {
		t.Errorf("one more body than may wait: %d", got)
	}
	if rec := w.do("GET", "/"); rec.Code != 200 {
		t.Errorf("another request: %d", rec.Code)
	}
	for i, b := range bodies {
		b.come <- true
		if got := <-statuses[i]; got != 200 {
			t.Errorf("slow body %d: %d", i, got)
		}
	}
}
