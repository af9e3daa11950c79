package edge

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// lazyConn is a connection whose deadlines cost next to nothing to move. net/http
// sets five for each request, nearly always to a later time than the one before
// that never came; each is a timer of the runtime's to be moved. lazyConn leaves
// the timer that is set already as long as it is the earlier one. When it fires
// before the deadline has come, the timer is set anew and the call goes on.
type lazyConn struct {
	net.Conn
	read, write lazyDeadline
}

func newLazyConn(c net.Conn) *lazyConn {
	return &lazyConn{Conn: c, read: lazyDeadline{set: c.SetReadDeadline}, write: lazyDeadline{set: c.SetWriteDeadline}}
}

// Read implements net.Conn.
func (c *lazyConn) Read(p []byte) (n int, err error) {
	if err = c.read.begin(); err != nil {
		return 0, err
	}
	for again := true; again; {
		n, err = c.Conn.Read(p)
		again = c.read.end(err)
	}
	return n, err
}

// Write implements net.Conn. What went out before a timer that fired too early
// is not sent again.
func (c *lazyConn) Write(p []byte) (n int, err error) {
	if err = c.write.begin(); err != nil {
		return 0, err
	}
	for again := true; again; {
		var part int
		part, err = c.Conn.Write(p[n:])
		n += part
		again = c.write.end(err)
	}
	return n, err
}

// SetDeadline implements net.Conn.
func (c *lazyConn) SetDeadline(t time.Time) error {
	return errors.Join(c.read.move(t), c.write.move(t))
}

// SetReadDeadline implements net.Conn.
func (c *lazyConn) SetReadDeadline(t time.Time) error { return c.read.move(t) }

// SetWriteDeadline implements net.Conn.
func (c *lazyConn) SetWriteDeadline(t time.Time) error { return c.write.move(t) }

// CloseWrite lets net/http say that its answer is whole before it drops a
// connection whose request it did not read to the end.
func (c *lazyConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// lazyDeadline is the deadline of one direction. The zero time is no deadline.
type lazyDeadline struct {
	set func(time.Time) error // sets the connection's own

	mu     sync.Mutex
	wanted time.Time
	armed  time.Time // the connection's own: never later than wanted while a call is under way
	spent  bool      // the connection's own has come, and calls fail until it is set anew
	calls  int       // under way
}

// move sets the deadline. Calls under way have to meet an earlier one at once;
// with none, an earlier one can wait for the next call, which may never meet it.
func (d *lazyDeadline) move(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted = t
	if d.calls == 0 || !d.late() {
		return nil
	}
	return d.arm()
}

// begin is called before the connection is. It fails when the deadline has come,
// as the connection itself would.
func (d *lazyDeadline) begin() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.late() && !d.spent {
		d.calls++
		return nil
	}
	if d.passed() {
		return os.ErrDeadlineExceeded
	}
	d.calls++
	return d.arm()
}

// end is called with what the connection's call failed with, if it did. It tells
// whether the call has to be made again, because the timer came too early.
func (d *lazyDeadline) end(err error) (again bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil && errors.Is(err, os.ErrDeadlineExceeded) {
		d.spent = true
		if !d.passed() && d.arm() == nil {
			return true
		}
	}
	d.calls--
	return false
}

// late tells whether the connection's own timer, if any, is set too late.
func (d *lazyDeadline) late() bool {
	return !d.wanted.IsZero() && (d.armed.IsZero() || d.wanted.Before(d.armed))
}

func (d *lazyDeadline) passed() bool {
	return !d.wanted.IsZero() && !time.Now().Before(d.wanted)
}

func (d *lazyDeadline) arm() error {
	d.armed, d.spent = d.wanted, false
	return d.set(d.armed)
}
