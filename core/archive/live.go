package archive

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync"

	"github.com/dragoman-gateway/dragoman/core"
)

// Live reads a vendor's API.
type Live interface {
	// Lines reads all that the API shows, in an order in which it can be imported. An
	// error that is a [RowError] concerns one object; after any other it ends.
	Lines(ctx context.Context) iter.Seq2[*Line, error]
	Completer
	// Hidden says what the API does not show, and what to do about each.
	Hidden() []string
}

// Completer finishes lines of a live source in the transaction that imports them, since
// an API names objects by texts where a store has numbers. Its methods may run again
// for the same line.
type Completer interface {
	// Complete sets the numbers of other objects that the line names, and keeps of the
	// stored object what the API does not show.
	Complete(tx *core.Tx, l *Line) error
	// Imported is called for a line that was added, updated or found unchanged.
	Imported(tx *core.Tx, l *Line) error
}

// ErrSkip is what Complete returns for a line that is not to be imported, such as one of
// a user who was removed here.
var ErrSkip = errors.New("skip the line")

// ErrApplied is what Complete returns for a line that it has stored itself, in place of what
// the program makes where nothing was set.
var ErrApplied = errors.New("the line is stored")

// Refusal is an error that concerns one line alone, in words.
type Refusal string

func (e Refusal) Error() string { return string(e) }

// Origin says which of a vendor's users a line is; see [core.Origin].
type Origin struct {
	Vendor string `json:"vendor"`
	ID     string `json:"id"`
}

func (o *Origin) core() core.Origin { return core.Origin(*o) }

// SetAttributes sets the attributes.
func (l *User) SetAttributes(as core.Attributes) { l.Attributes = attributes(as) }

// CoreUser returns the user of the line as the core has it; rows without a realm are
// in the given one.
func (l *User) CoreUser(realm core.Realm) *core.User { return l.core(realm) }

// CoreRecord returns the record of the line as the core has it.
func (l *Record) CoreRecord() *core.Record { return l.core("") }

// CoreGroup is [User.CoreUser] for a group.
func (l *Group) CoreGroup(realm core.Realm) *core.Group { return l.core(realm) }

// LiveSource is the [Source] of what a live vendor shows. It is safe for concurrent use.
type LiveSource struct {
	live   Live
	cancel context.CancelFunc
	mu     sync.Mutex
	next   func() (*Line, error, bool)
	stop   func()
	row    int
}

// NewLiveSource starts to read. Close must be called.
func NewLiveSource(ctx context.Context, live Live) *LiveSource {
	ctx, cancel := context.WithCancel(ctx)
	s := &LiveSource{live: live, cancel: cancel}
	s.next, s.stop = iter.Pull2(live.Lines(ctx))
	return s
}

// Live returns what is read.
func (s *LiveSource) Live() Live { return s.live }

// Next implements [Source].
func (s *LiveSource) Next() (*Line, int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line, err, ok := s.next()
	if !ok {
		return nil, s.row, io.EOF
	}
	s.row++
	if row, ok := errors.AsType[*RowError](err); ok {
		row.Row = s.row
	}
	if err == nil {
		line.source, err = encode(line)
	}
	return line, s.row, err
}

// Close ends the reading, also one in progress.
func (s *LiveSource) Close() {
	s.cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop()
}

// Kept returns a function that opens a source of the same lines any number of times. It
// keeps them in memory.
func Kept(s Source) (open func() (Source, error), err error) {
	var rows []sourceRow
	for more := true; more; {
		var some []sourceRow
		if some, more, err = readBatch(s, exportPage); err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	return func() (Source, error) { return &keptSource{rows}, nil }, nil
}

type keptSource struct{ rows []sourceRow }

func (k *keptSource) Next() (*Line, int, error) {
	if len(k.rows) == 0 {
		return nil, 0, io.EOF
	}
	r := k.rows[0]
	k.rows = k.rows[1:]
	if r.err != nil {
		return nil, r.number, &RowError{r.number, r.err, r.source}
	}
	return r.line, r.number, nil
}
