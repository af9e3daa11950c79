// Package dialects holds what every dialect is to the program: a handler with a
// name and a part of the path space. It knows none of them.
package dialects

import (
	"errors"
	"net/http"
	"time"
)

// Dialect answers for one vendor's API, errors included: its own 404, its own
// 405, its own 500.
type Dialect interface {
	http.Handler
	// Name is the dialect's word in configuration, facets, metrics and testdata.
	Name() string
	// Owns reports whether the dialect answers for a path.
	Owns(path string) bool
	// Refuse answers r in the dialect's own form for a reason found before or
	// around it, without looking at credentials or body.
	Refuse(w http.ResponseWriter, r *http.Request, why Refusal)
}

// UserViewer is a dialect that shows the program's operator a user as its clients see
// them.
type UserViewer interface {
	// ViewUser returns the answers that a client who may see everything gets for the
	// user of that number: one for each version or format that differs, and none in
	// a realm that the dialect does not serve. Secrets are masked. Links have the host
	// of r.
	ViewUser(r *http.Request, realm string, id int64) ([]UserAnswer, error)
}

// UserAnswer is a user as one version or format of a dialect shows it.
type UserAnswer struct {
	Title string // what to call it, such as "OnApp, XML"
	// Path is where clients ask for it, and Credentials are arguments of curl with
	// placeholders for secrets, such as "-u LOGIN:PASSWORD".
	Path, Credentials string
	ContentType, Body string
}

// Refusal is why the edge refuses a request.
type Refusal struct {
	// Status is one of 400 (not readable as HTTP), 408 (too slow), 413 (too
	// large), 429 (too many from one realm), 431 (header too large), 500 (a
	// panic) and 503 (too busy).
	Status int
	// RetryAfter is when to try again, for 429 and 503.
	RetryAfter time.Duration
}

// Mux gives each request to the first dialect that owns its path. It is not
// http.ServeMux, which would answer "//" with a redirect of its own. The last
// dialect gets what no other owns.
type Mux []Dialect

// ServeHTTP implements http.Handler.
func (m Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.For(r.URL.Path).ServeHTTP(w, r) }

// For returns the dialect that answers for the path.
func (m Mux) For(path string) Dialect {
	for _, d := range m[:len(m)-1] {
		if d.Owns(path) {
			return d
		}
	}
	return m[len(m)-1]
}

// Annotator is what the program's own ResponseWriter can do besides writing:
// note for the log and the metrics what a request turned out to be.
type Annotator interface {
	// NoteOperation names what is done, such as "users.update": a fixed word of
	// the dialect's, never a part of the request.
	NoteOperation(name string)
	// NoteError keeps the cause of a failure, for the log alone.
	NoteError(err error)
}

// ErrAsOriginal is noted for a 500 that the original answers to the same request, such
// as one to a broken body. The program has not failed, so that it is not logged as an
// error, among which a client could hide others.
var ErrAsOriginal = errors.New("dialects: answered as by the original")

// NoteOperation names the operation on w, if w takes such notes.
func NoteOperation(w http.ResponseWriter, name string) {
	if a, ok := w.(Annotator); ok {
		a.NoteOperation(name)
	}
}

// NoteError keeps err for the log on w, if w takes such notes.
func NoteError(w http.ResponseWriter, err error) {
	if a, ok := w.(Annotator); ok {
		a.NoteError(err)
	}
}

// ReleaseBody says that n bytes that were read of r's body are not held in memory:
// the server in front counts what is held, and gives large bodies that go on the time
// they need.
func ReleaseBody(r *http.Request, n int64) {
	if body, ok := r.Body.(interface{ Release(n int64) }); ok {
		body.Release(n)
	}
}

// Limiter says whether a realm, or a caller in it, may make one more request now, and
// if not, when. A nil Limiter allows everything.
type Limiter interface {
	Allow(key string) (retryAfter time.Duration, ok bool)
}

// Limiters bound the requests of each realm and of each caller in it.
type Limiters struct{ Realm, Caller Limiter }

// CallerCounter is what the program's own ResponseWriter can do besides writing: count
// the requests in progress of each caller.
type CallerCounter interface {
	// CountCaller counts the request for that caller until it ends. It reports false,
	// and when to try again, if the caller has too many in progress.
	CountCaller(caller string) (retryAfter time.Duration, ok bool)
}

// Allow counts the request that w answers, of a caller that has shown credentials, such
// as "user 7". What a caller makes beyond their own bounds does not count for the realm.
// An empty caller is bounded by the realm alone.
func (l Limiters) Allow(w http.ResponseWriter, realm, caller string) (retryAfter time.Duration, ok bool) {
	if caller != "" {
		if retryAfter, ok = l.allowCaller(w, realm+" "+caller); !ok {
			return retryAfter, false
		}
	}
	if l.Realm == nil {
		return 0, true
	}
	return l.Realm.Allow(realm)
}

func (l Limiters) allowCaller(w http.ResponseWriter, caller string) (retryAfter time.Duration, ok bool) {
	if counter, counts := w.(CallerCounter); counts {
		if retryAfter, ok = counter.CountCaller(caller); !ok {
			return retryAfter, false
		}
	}
	if l.Caller == nil {
		return 0, true
	}
	return l.Caller.Allow(caller)
}

// Failer is a dialect that can be made to fail.
type Failer interface {
	// Fail answers r as if it had met err, an error of the core's, in the dialect's own
	// words and with its own status.
	Fail(w http.ResponseWriter, r *http.Request, err error)
}

// Lister is a dialect that knows its operations.
type Lister interface {
	// Operations returns all names that the dialect notes by [NoteOperation] where it
	// routes a request; a name may come more than once.
	Operations() []string
}
