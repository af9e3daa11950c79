package postgres

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// link is one connection to the server. pgconn opens it and logs in; from then
// on it is used directly, which is what makes flights possible: any number of
// statements that are sent together and answered together.
//
// A flight ends with a Sync. If one of its statements fails the server skips the
// rest of it.
type link struct {
	conn       net.Conn
	front      *pgproto3.Frontend
	statements statements
	out        []byte // of the next flight
	row        row
	owed       int // flights that nobody has read the answer of
	patience   time.Duration
	dead       error
}

// newLink takes over a connection that pgconn has opened.
func newLink(ctx context.Context, c *pgconn.PgConn, patience time.Duration) (*link, error) {
	if err := c.SyncConn(ctx); err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	h, err := c.Hijack()
	if err != nil {
		return nil, err
	}
	return &link{conn: h.Conn, front: h.Frontend, patience: patience}, nil
}

// add puts a statement on the flight, to return at most that many rows; 0 is all.
func (l *link) add(sql string, args []any, rows int) error {
	out, s := l.statements.add(l.out, sql, args)
	out, err := appendBind(out, s.name, args)
	if err != nil {
		return l.die(err)
	}
	l.out = appendExecute(out, rows)
	return nil
}

// more asks for further rows of the statement that had more.
func (l *link) more(rows int) { l.out = appendExecute(l.out, rows) }

// maxKept is the most memory that is kept for the next flight.
const maxKept = 256 << 10

// send ends the flight and sends it.
func (l *link) send() error {
	l.out = appendSync(l.out)
	return l.push()
}

// push sends what the flight holds so far. The server begins with it.
func (l *link) push() error {
	if l.dead != nil {
		return l.dead
	}
	var deadline time.Time
	if l.patience > 0 {
		deadline = time.Now().Add(l.patience)
	}
	err := l.conn.SetDeadline(deadline)
	if err == nil {
		_, err = l.conn.Write(l.out)
	}
	if cap(l.out) > maxKept {
		l.out = nil
	}
	l.out = l.out[:0]
	return l.die(err)
}

// throw sends the flight and leaves its answer to be read by the next.
func (l *link) throw() error {
	if err := l.send(); err != nil {
		return err
	}
	l.owed++
	return nil
}

// fly sends the flight and reads its answer into f. It fails as f has, and only
// a lost connection leaves the rest unread.
func (l *link) fly(f *flight) error {
	if err := l.send(); err != nil {
		return err
	}
	for ; l.owed > 0; l.owed-- {
		if err := l.receive(&flight{}); isLost(err) {
			return err
		}
	}
	return l.receive(f)
}

func (l *link) receive(f *flight) error {
	for {
		message, err := l.front.Receive()
		if err != nil {
			return l.die(err)
		}
		switch m := message.(type) {
		case *pgproto3.ParseComplete:
			l.statements.confirm()
		case *pgproto3.DataRow:
			l.row = m.Values
			f.take(&l.row)
		case *pgproto3.CommandComplete, *pgproto3.EmptyQueryResponse:
			f.complete()
		case *pgproto3.PortalSuspended:
			f.more = true
		case *pgproto3.ErrorResponse:
			refusal := pgconn.ErrorResponseToPgError(m)
			if ends(refusal) {
				return l.die(refusal)
			}
			f.refuse(refusal)
		case *pgproto3.ReadyForQuery:
			l.statements.settle()
			return f.err
		}
		if f.left > maxLeft {
			l.die(errLeft)
			return f.err
		}
	}
}

// die notes that the connection is of no more use, if err is not nil.
func (l *link) die(err error) error {
	if err == nil {
		return nil
	}
	if l.dead == nil {
		l.dead = &lostError{err}
		_ = l.conn.Close()
	}
	return l.dead
}

// close says goodbye.
func (l *link) close() error {
	if l.dead != nil {
		return nil
	}
	_ = l.conn.SetDeadline(time.Now().Add(time.Second))
	_, _ = l.conn.Write([]byte{'X', 0, 0, 0, 4})
	return l.conn.Close()
}
