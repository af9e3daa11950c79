//go:build cgo

package sqlite

// A large change, such as an import, runs its statements on a goroutine of their own,
// while its caller prepares more of them.
const (
	// backlogAfter is how many statements make a change large.
	backlogAfter = 256
	// backlogChunk is how many statements are handed over at once, and backlogChunks how
	// many such chunks may wait.
	backlogChunk  = 64
	backlogChunks = 8
)

// backlog is the statements of a connection that are still to run.
type backlog struct {
	run    func(sql string, args []any) error
	next   []call        // to be handed over
	chunks chan []call   // handed over; nil if none has been since the last wait
	done   chan struct{} // closed when all of them have run
	// err is of the first statement that failed: those behind it are left out. It stays
	// until the change is undone.
	err error
}

// call is a statement with its arguments.
type call struct {
	sql  string
	args []any
}

// add takes a statement, whose arguments must not change from now on.
func (b *backlog) add(c call) {
	if b.next = append(b.next, c); len(b.next) < backlogChunk {
		return
	}
	if b.chunks == nil {
		b.chunks, b.done = make(chan []call, backlogChunks), make(chan struct{})
		go b.loop(b.chunks, b.done)
	}
	b.chunks <- b.next
	b.next = make([]call, 0, backlogChunk)
}

func (b *backlog) loop(chunks <-chan []call, done chan<- struct{}) {
	defer close(done)
	for some := range chunks {
		b.runAll(some)
	}
}

func (b *backlog) runAll(calls []call) {
	for _, c := range calls {
		if b.err == nil {
			b.err = b.run(c.sql, c.args)
		}
	}
}

// wait returns when nothing is left to run, with the error of what has run.
func (b *backlog) wait() error {
	if b.chunks != nil {
		close(b.chunks)
		<-b.done
		b.chunks = nil
	}
	b.runAll(b.next)
	b.next = nil
	return b.err
}

// undo is wait for a caller that undoes all that has run.
func (b *backlog) undo() {
	b.next = nil
	_ = b.wait()
	b.err = nil
}
