package edge

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// pair is a connection with lazy deadlines and the plain one at its other end.
func pair(t *testing.T) (*lazyConn, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	far, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	near, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	return newLazyConn(near), far
}

// soon is long enough for this machine to notice, and later is never reached.
const (
	soon  = 50 * time.Millisecond
	later = time.Minute
)

func after(d time.Duration) time.Time { return time.Now().Add(d) }

func TestDeadlineEndsAReadAndAWrite(t *testing.T) {
	near, _ := pair(t)
	_ = near.SetDeadline(after(soon))
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read: %v", err)
	}
	if _, err := near.Write(make([]byte, 64<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("write: %v", err)
	}
	if _, err := near.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a write after it: %v", err)
	}
}

func TestDeadlineMovedToAnEarlierTimeEndsAReadUnderWay(t *testing.T) {
	near, _ := pair(t)
	_ = near.SetReadDeadline(after(later))
	time.AfterFunc(soon, func() { _ = near.SetReadDeadline(time.Unix(1, 0)) })
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read: %v", err)
	}
}

func TestReadGoesOnWhenItsDeadlineIsMovedOrTakenAway(t *testing.T) {
	for name, next := range map[string]time.Time{"moved": after(later), "taken away": {}} {
		t.Run(name, func(t *testing.T) {
			near, far := pair(t)
			_ = near.SetReadDeadline(after(soon))
			time.AfterFunc(soon/2, func() { _ = near.SetReadDeadline(next) })
			time.AfterFunc(3*soon, func() { _, _ = far.Write([]byte("x")) })
			if n, err := near.Read(make([]byte, 1)); n != 1 || err != nil {
				t.Errorf("read %d, %v", n, err)
			}
		})
	}
}

func TestReadWorksAgainAfterADeadlineThatCame(t *testing.T) {
	near, far := pair(t)
	_ = near.SetReadDeadline(after(soon))
	_, _ = near.Read(make([]byte, 1))
	_ = near.SetReadDeadline(time.Time{})
	_, _ = far.Write([]byte("x"))
	if n, err := near.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
}

// TestWriteGoesOnWhereItWasWhenItsDeadlineIsMoved lets the timer fire in the
// middle of a write that nobody reads at first.
func TestWriteGoesOnWhereItWasWhenItsDeadlineIsMoved(t *testing.T) {
	near, far := pair(t)
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
	_ = near.SetWriteDeadline(after(soon))
	time.AfterFunc(soon/2, func() { _ = near.SetWriteDeadline(after(later)) })
	wrote := make(chan error, 1)
	go func() {
		n, err := near.Write(sent)
		if n != len(sent) && err == nil {
			err = io.ErrShortWrite
		}
		_ = near.CloseWrite()
		wrote <- err
	}()
	time.Sleep(3 * soon)
	got, err := io.ReadAll(far)
	if werr := <-wrote; werr != nil || err != nil || !bytes.Equal(got, sent) {
		t.Errorf("wrote %v; read %d of %d bytes, %v", werr, len(got), len(sent), err)
	}
}

// setCounter counts how often a connection's own deadline is set.
type setCounter struct {
	net.Conn
	sets int
}

func (c *setCounter) SetReadDeadline(t time.Time) error {
	c.sets++
	return c.Conn.SetReadDeadline(t)
}

func TestDeadlinesThatOnlyMoveOnSetNoTimer(t *testing.T) {
	near, far := pair(t)
	c := &setCounter{Conn: near.Conn}
	lazy := newLazyConn(c)
	for range 100 { // what net/http does for each request
		for _, d := range []time.Duration{2 * later, later} {
			_ = lazy.SetReadDeadline(after(d))
			_ = lazy.SetReadDeadline(time.Time{})
		}
		_ = lazy.SetReadDeadline(after(later))
		_, _ = far.Write([]byte("x"))
		if _, err := lazy.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if c.sets != 1 {
		t.Errorf("set %d times", c.sets)
	}
}
