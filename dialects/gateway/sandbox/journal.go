package sandbox

import (
	"context"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/redact"
)

// Entry is a request and its answer. What a client sent or got is in it as [redact.Text]
// alone, so it holds no secrets.
type Entry struct {
	ID         int64       `json:"id"`
	At         time.Time   `json:"at"` // by the sandbox's clock
	Dialect    string      `json:"dialect"`
	Operation  string      `json:"operation,omitempty"`
	Caller     redact.Text `json:"caller"`
	Method     string      `json:"method"`
	Path       redact.Text `json:"path"`
	Query      redact.Text `json:"query"`
	Type       redact.Text `json:"request_type"`
	Request    redact.Text `json:"request"`
	Status     int         `json:"status"`
	AnswerType redact.Text `json:"answer_type"`
	Answer     redact.Text `json:"answer"`
	DurationMS float64     `json:"duration_ms"`
	// Refused are the fields that broke a rule.
	Refused []Refusal `json:"refused,omitempty"`
	// Fault is the fault that was injected.
	Fault string `json:"fault,omitempty"`
	// Warnings are what strict mode objects to.
	Warnings []string `json:"warnings,omitempty"`
}

// Refusal is a rule that a field broke, in the core's words.
type Refusal struct {
	Field string `json:"field,omitempty"`
	Rule  string `json:"rule"`
	// Limit is that of the rules "too short" and "too long", in characters.
	Limit int `json:"limit,omitempty"`
}

// Filter chooses entries; what is zero chooses all.
type Filter struct {
	Dialect   string    `json:"dialect,omitempty"`
	Operation string    `json:"operation,omitempty"`
	User      string    `json:"user,omitempty"`
	Status    int       `json:"status,omitempty"`
	After     int64     `json:"after,omitempty"` // ID
	Since     time.Time `json:"since,omitzero"`
	Until     time.Time `json:"until,omitzero"`
}

// mismatch returns the members of the filter that the entry does not fit.
func (f Filter) mismatch(e *Entry) (members []string) {
	for _, c := range []struct {
		member string
		fits   bool
	}{
		{"dialect", f.Dialect == "" || f.Dialect == e.Dialect},
		{"operation", f.Operation == "" || f.Operation == e.Operation},
		{"user", f.User == "" || f.User == e.Caller.String()},
		{"status", f.Status == 0 || f.Status == e.Status},
		{"after", e.ID > f.After},
		{"since", f.Since.IsZero() || !e.At.Before(f.Since)},
		{"until", f.Until.IsZero() || !e.At.After(f.Until)},
	} {
		if !c.fits {
			members = append(members, c.member)
		}
	}
	return members
}

// journal is a bounded ring of entries. It is safe for concurrent use.
type journal struct {
	mu      sync.Mutex
	ring    []*Entry // grows to bound
	bound   int
	next    int // place of the next entry once the ring is full
	last    int64
	changed chan struct{} // closed at the next entry
	ended   bool
}

func newJournal(bound int) *journal { return &journal{bound: bound, changed: make(chan struct{})} }

// add gives the entry the next ID and keeps it, in place of the oldest if there are
// too many.
func (j *journal) add(e *Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	e.ID = j.last
	switch {
	case j.bound == 0:
	case len(j.ring) < j.bound:
		j.ring = append(j.ring, e)
	default:
		j.ring[j.next] = e
		j.next = (j.next + 1) % j.bound
	}
	j.wake()
}

func (j *journal) wake() {
	close(j.changed)
	j.changed = make(chan struct{})
}

// clear drops all entries. IDs go on.
func (j *journal) clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ring, j.next = nil, 0
}

// close ends all waits.
func (j *journal) close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ended = true
	j.wake()
}

// all returns the entries, oldest first, and a channel that is closed when there is
// another; nil if there will be none.
func (j *journal) all() ([]*Entry, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := append(append(make([]*Entry, 0, len(j.ring)), j.ring[j.next:]...), j.ring[:j.next]...)
	if j.ended {
		return list, nil
	}
	return list, j.changed
}

// find returns the entries that the filter chooses.
func (j *journal) find(f Filter) (found []*Entry, more <-chan struct{}) {
	list, more := j.all()
	found = []*Entry{}
	for _, e := range list {
		if len(f.mismatch(e)) == 0 {
			found = append(found, e)
		}
	}
	return found, more
}

// await returns the entries that the filter chooses as soon as there are any, or none
// when ctx ends.
func (j *journal) await(ctx context.Context, f Filter) []*Entry {
	for {
		found, more := j.find(f)
		if len(found) > 0 || more == nil {
			return found
		}
		select {
		case <-more:
		case <-ctx.Done():
			return found
		}
	}
}
