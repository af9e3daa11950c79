// Package unknown counts requests that no dialect has an operation for, by method and
// redacted path, so that the operator sees what clients miss.
package unknown

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Request is a kind of request that no dialect has an operation for.
type Request struct {
	Dialect string `json:"dialect"`
	Method  string `json:"method"`
	// Path is as [Path] returns it.
	Path  string    `json:"path"`
	Count int64     `json:"count"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// kept is how many kinds are remembered.
const kept = 500

// Requests remembers kinds of requests. The zero value is ready. It is safe for
// concurrent use.
type Requests struct {
	mu    sync.Mutex
	kinds map[kind]*Request
	lost  int64
}

type kind struct{ dialect, method, path string }

// Note counts a request. A new kind takes the place of the least frequent one if too many
// are known, so that what clients repeat stays, however much else is asked once.
func (r *Requests) Note(dialect, method, path string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(Request{Dialect: dialect, Method: Method(method), Path: Path(path), Count: 1, First: now, Last: now})
}

// add counts requests of one kind.
func (r *Requests) add(more Request) {
	k := kind{more.Dialect, more.Method, more.Path}
	known := r.kinds[k]
	if known == nil {
		r.makeRoom()
		r.kinds[k] = &more
		return
	}
	known.Count += more.Count
	if more.First.Before(known.First) {
		known.First = more.First
	}
	if more.Last.After(known.Last) {
		known.Last = more.Last
	}
}

func (r *Requests) makeRoom() {
	if r.kinds == nil {
		r.kinds = map[kind]*Request{}
	}
	if len(r.kinds) < kept {
		return
	}
	var least *Request
	for _, one := range r.kinds {
		if least == nil || one.Count < least.Count || one.Count == least.Count && one.Last.Before(least.Last) {
			least = one
		}
	}
	r.lost += least.Count
	delete(r.kinds, kind{least.Dialect, least.Method, least.Path})
}

// List returns the kinds, the most frequent first, and the number of requests whose
// kinds were replaced.
func (r *Requests) List() (all []Request, lost int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.list(), r.lost
}

func (r *Requests) list() []Request {
	all := []Request{}
	for _, one := range r.kinds {
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b Request) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Dialect, b.Dialect), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return all
}

// Hidden stands for a part of a request that can be a secret or a person's name.
const Hidden = "*"

// methods are those that are shown; any other text can be one too.
var methods = []string{
	http.MethodConnect, http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPatch, http.MethodPost, http.MethodPut,
	http.MethodTrace, "COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND", "PROPPATCH", "SEARCH", "UNLOCK",
}

// Method returns a method, or [Hidden] for one that is not registered.
func Method(method string) string {
	if slices.Contains(methods, method) {
		return method
	}
	return Hidden
}

// word matches segments that name a kind of thing: virtual_machines.json, v1.1, Users.
var word = pattern(`^([A-Z]?[a-z]{1,24}([_-][a-z]{1,24}){0,3}(\.[a-z]{1,5})?|v[0-9]{1,2}(\.[0-9]{1,2})?)$`)

// secretWord matches words that a secret can follow.
var secretWord = pattern(`(?i)pass|secret|token|key|auth|login|session|cookie|reset|confirm|invit`)

// pattern returns a regular expression that is compiled when it is first used: most
// processes never need it, and all would wait for it at their start.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// maxSegments is how many segments of a path are shown.
const maxSegments = 12

// Path returns a path with [Hidden] for each segment that is not a word as APIs have them,
// such as a number, a key or an address, and for each one behind a word like "token".
func Path(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if i == maxSegments {
			return strings.Join(segments[:i], "/") + "/..."
		}
		if s != "" && (!word().MatchString(s) || i > 0 && secretWord().MatchString(segments[i-1])) {
			segments[i] = Hidden
		}
	}
	return strings.Join(segments, "/")
}
