package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/redact"
)

// Entry is one request as the console shows it. What a client sent or got is in it as
// [redact.Text] alone, so it holds no secrets.
type Entry struct {
	ID        int64 // counts from 1 since the start
	Time      time.Time
	Dialect   string
	Operation string
	Method    string
	Status    int
	Took      time.Duration
	Bytes     int64
	RequestID string
	Remote    string
	// Realm and User are who the request acted as, or tried to; 0 if it is not known.
	Realm string
	User  int64
	// Caller is who sent it, as far as the request says: a name or the end of a key.
	Caller redact.Text
	// Path and Query are where it was sent. Request and Answer are bodies, each with its
	// Content-Type.
	Path, Query             redact.Text
	RequestType, AnswerType redact.Text
	Request, Answer         redact.Text
	// Why is the cause of a refusal, in the core's words.
	Why string
}

// keptRequests is how many requests Live remembers.
const keptRequests = 1000

// shownRequests is how many of them a page shows.
const shownRequests = 100

// Live remembers the last requests and passes new ones on. The zero value is ready.
type Live struct {
	mu        sync.Mutex
	entries   []Entry // a ring once it is full
	last      int64
	followers map[chan Entry]bool
}

// Note adds a request and sets its ID. A follower that does not keep up misses some.
func (l *Live) Note(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	e.ID = l.last
	if len(l.entries) < keptRequests {
		l.entries = append(l.entries, e)
	} else {
		l.entries[(e.ID-1)%keptRequests] = e
	}
	for f := range l.followers {
		select {
		case f <- e:
		default:
		}
	}
}

// recent returns the entries that match, newest first.
func (l *Live) recent(match func(*Entry) bool) (found []Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := l.last; id > l.last-int64(len(l.entries)); id-- {
		if e := &l.entries[(id-1)%keptRequests]; match(e) {
			found = append(found, *e)
		}
	}
	return found
}

// of returns the requests of one user, newest first.
func (l *Live) of(realm string, id int64) []Entry {
	return l.recent(func(e *Entry) bool { return e.User == id && e.Realm == realm })
}

// maxFollowers bounds how many browsers follow at once.
const maxFollowers = 20

func (l *Live) follow() (entries chan Entry, stop func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.followers) >= maxFollowers {
		return nil, nil, false
	}
	if l.followers == nil {
		l.followers = map[chan Entry]bool{}
	}
	entries = make(chan Entry, 100)
	l.followers[entries] = true
	return entries, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.followers, entries)
	}, true
}

// livePage is what the page of requests shows.
type livePage struct {
	Dialect, Outcome string
	Dialects         []string
	Entries          []Entry
	Rates            []shownRate
	Measures         []Measure
	Processes        []shownProcess
}

// Measure is a value of the state of the program.
type Measure struct{ Name, Value string }

// shownRate sums up one dialect's remembered requests.
type shownRate struct {
	Dialect            string
	Requests, Failures int
	Median, Slowest    time.Duration
	Points             string // of a plot of durations, oldest first
}

func (v *visit) showLive() error {
	if v.cfg.Live == nil {
		return v.notFound()
	}
	p := livePage{Dialect: v.r.URL.Query().Get("dialect"), Outcome: v.r.URL.Query().Get("outcome"), Dialects: v.dialectNames()}
	all := v.cfg.Live.recent(func(e *Entry) bool { return true })
	for i := range all {
		if len(p.Entries) < shownRequests && all[i].matches(p.Dialect, p.Outcome) {
			p.Entries = append(p.Entries, all[i])
		}
	}
	for _, name := range p.Dialects {
		if r := rateOf(name, all); r.Requests > 0 {
			p.Rates = append(p.Rates, r)
		}
	}
	if v.cfg.Measures != nil {
		var err error
		if p.Measures, err = v.cfg.Measures(); err != nil {
			return err
		}
	}
	var err error
	if p.Processes, err = processes(v); err != nil {
		return err
	}
	return v.render(http.StatusOK, "live", p)
}

// matches reports whether the entry is of the dialect, and refused or not as outcome says; "" is any.
func (e *Entry) matches(dialect, outcome string) bool {
	if dialect != "" && e.Dialect != dialect {
		return false
	}
	failed := e.Status >= http.StatusBadRequest
	return outcome == "" || failed == (outcome == "refused")
}

func (v *visit) showRequest() error {
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil || v.cfg.Live == nil {
		return v.notFound()
	}
	found := v.cfg.Live.recent(func(e *Entry) bool { return e.ID == id })
	if len(found) == 0 {
		v.refuse(http.StatusNotFound, fmt.Sprintf("This request is not among the last %d any more.", keptRequests))
		return nil
	}
	return v.render(http.StatusOK, "request", found[0])
}

// followLive sends each new request as a server-sent event.
func (v *visit) followLive() error {
	if v.cfg.Live == nil {
		return v.notFound()
	}
	entries, stop, ok := v.cfg.Live.follow()
	if !ok {
		v.refuse(http.StatusServiceUnavailable, "Too many browsers follow the requests.")
		return nil
	}
	defer stop()
	q := v.r.URL.Query()
	control := http.NewResponseController(v.w)
	_ = control.SetWriteDeadline(time.Time{}) // the stream ends with the client
	v.w.Header().Set("Content-Type", "text/event-stream")
	if err := control.Flush(); err != nil {
		return nil
	}
	check := time.NewTicker(15 * time.Second)
	defer check.Stop()
	for {
		select {
		case e := <-entries:
			if !e.matches(q.Get("dialect"), q.Get("outcome")) {
				continue
			}
			if err := writeEvent(v.w, &e, baseOf(v.r)); err != nil {
				return nil
			}
		case <-check.C:
			// The session may have ended. The comment also shows whether the client is there.
			if u, err := v.signedIn(v.r); err != nil || u == nil {
				return nil
			}
			if _, err := fmt.Fprint(v.w, ": alive\n\n"); err != nil {
				return nil
			}
		case <-v.r.Context().Done():
			return nil
		}
		if control.Flush() != nil {
			return nil
		}
	}
}

func writeEvent(w http.ResponseWriter, e *Entry, base string) error {
	data, err := json.Marshal(map[string]any{
		"id": e.ID, "time": e.Time.UTC().Format("15:04:05.000"), "dialect": e.Dialect, "operation": e.Operation, "method": e.Method,
		"status": e.Status, "took": shownDuration(e.Took), "caller": e.Caller, "why": e.Why, "href": base + "live/" + shownID(e.ID),
	})
	if err == nil {
		_, err = fmt.Fprintf(w, "id: %d\ndata: %s\n\n", e.ID, data)
	}
	return err
}
