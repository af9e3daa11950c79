package edge_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

// asked is a request of a client, which ends when the context does.
func asked(ctx context.Context, address string) *http.Request {
	r := httptest.NewRequest("GET", "/first/", nil).WithContext(passwd.WithClient(ctx, address))
	r.RemoteAddr = address + ":1"
	return r
}

// slots is how many large answers are built at once.
func slots() int { return 2 * runtime.GOMAXPROCS(0) }

// A client that asks for many large answers waits behind itself.
func TestLargeAnswersTakeTurnsByClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		next := make(chan bool)
		var order []string
		w := newFixture(t, nil, func(w http.ResponseWriter, r *http.Request) {
			if err := dialects.BeginAnswer(w); err != nil {
				t.Error(err)
			}
			if err := dialects.BeginAnswer(w); err != nil { // has its turn
				t.Error(err)
			}
			order = append(order, r.RemoteAddr)
			<-next
		})
		ask := func(address string) {
			go w.ServeHTTP(httptest.NewRecorder(), asked(t.Context(), address))
			synctest.Wait()
		}
		for range slots() + 2 {
			ask("192.0.2.1")
		}
		ask("192.0.2.2")
		if len(order) != slots() {
			t.Fatalf("%d answers are built at once", len(order))
		}
		for range slots() + 3 {
			next <- true
			synctest.Wait()
		}
		if got := order[slots():]; got[0] != "192.0.2.1:1" || got[1] != "192.0.2.2:1" || got[2] != "192.0.2.1:1" {
			t.Errorf("the turns are %v", got)
		}
		_ = w.out.Close()
	})
}

// stuckRecorder takes nothing before it is released.
type stuckRecorder struct {
	*httptest.ResponseRecorder
	release chan bool
}

func (r stuckRecorder) Write(p []byte) (int, error) {
	<-r.release
	return r.ResponseRecorder.Write(p)
}

// An answer that its client does not read keeps no other from being built, and a client
// with too much of it gets no more; when it has read, it does.
func TestAnswersThatAreNotReadAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page := bytes.Repeat([]byte("x"), 100<<10)
		w := newFixture(t, func(cfg *edge.Config) { cfg.MaxClientAnswers, cfg.MaxAnswers = 150<<10, 350<<10 }, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Small") == "" {
				if err := dialects.BeginAnswer(w); err != nil {
					if !errors.Is(err, core.ErrBusy) {
						t.Error(err)
					}
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				w.Header().Set("Content-Length", "102400")
				_, _ = w.Write(page)
			}
		})
		release := make(chan bool)
		unread := func(address string) {
			go w.ServeHTTP(stuckRecorder{httptest.NewRecorder(), release}, asked(t.Context(), address))
			synctest.Wait()
		}
		ask := func(address, small string, want int) {
			t.Helper()
			rec, r := httptest.NewRecorder(), asked(t.Context(), address)
			r.Header.Set("Small", small)
			w.ServeHTTP(rec, r)
			if rec.Code != want {
				t.Errorf("%s gets %d", address, rec.Code)
			}
		}
		unread("192.0.2.1")
		ask("192.0.2.1", "", 200)
		unread("192.0.2.1")
		ask("192.0.2.1", "yes", 503)
		ask("192.0.2.2", "", 200)
		unread("192.0.2.2")
		unread("192.0.2.3")
		ask("192.0.2.4", "", 503) // all together
		ask("192.0.2.4", "yes", 200)
		close(release)
		synctest.Wait()
		ask("192.0.2.1", "", 200)
		ask("192.0.2.4", "", 200)
		_ = w.out.Close()
	})
}

// A long answer holds its turn while it is made, and not while the client reads.
func TestALongAnswerPausesWhileItIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		part, building := bytes.Repeat([]byte("x"), 100<<10), 0
		w := newFixture(t, nil, func(w http.ResponseWriter, r *http.Request) {
			for range 2 { // without a turn before
				if _, err := w.Write(part); err != nil {
					return
				}
			}
			building++
			<-r.Context().Done()
		})
		ctx, cancel := context.WithCancel(t.Context())
		release := make(chan bool)
		for range slots() + 1 {
			go w.ServeHTTP(stuckRecorder{httptest.NewRecorder(), release}, asked(ctx, "192.0.2.1"))
		}
		for range 2 * (slots() + 1) {
			synctest.Wait()
			select {
			case release <- true:
			default: // the last one waits for its turn
			}
		}
		synctest.Wait()
		if building != slots() {
			t.Errorf("%d go on at once", building)
		}
		cancel()
		synctest.Wait()
		_ = w.out.Close()
	})
}

// What a request holds counts for one answer, until the request ends.
func TestWhatIsHeldOfAnAnswerIsBounded(t *testing.T) {
	w := newFixture(t, func(cfg *edge.Config) { cfg.MaxAnswer, cfg.MaxClientAnswers = 100, 1000 }, func(w http.ResponseWriter, _ *http.Request) {
		if !dialects.AnswerFits(w, 100) || dialects.AnswerFits(w, 101) {
			t.Error("100 bytes are not the most")
		}
		dialects.HoldAnswer(w, 2000)
		if dialects.AnswerFits(w, 0) {
			t.Error("what is held does not count")
		}
		dialects.HoldAnswer(w, -1950)
		if !dialects.AnswerFits(w, 50) || dialects.AnswerFits(w, 51) {
			t.Error("what is given back counts")
		}
		if err := dialects.BeginAnswer(w); err != nil {
			t.Error(err)
		}
		if resume := dialects.PauseAnswer(w); resume() != nil {
			t.Error("the turn does not come back")
		}
		_, _ = io.WriteString(w, "done")
	})
	for range slots() + 1 { // each gives its turn back
		if got := w.do("GET", "/first/"); got.Code != 200 || got.Body.String() != "done" {
			t.Errorf("%d %s", got.Code, got.Body)
		}
	}
}
