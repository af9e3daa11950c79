package postgres_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// proxy is between a store and its server. It parses the messages of clients and
// can cut the connection around a commit.
type proxy struct {
	server string
	// cut returns, for every commit, how it goes.
	cut func() manner

	mu      sync.Mutex
	commits int
	closed  bool          // no new connection gets through
	holds   chan struct{} // closed to let held connections go on; nil holds none
}

// manner is how a commit goes.
type manner int

const (
	whole    manner = iota // undisturbed
	unsent                 // it does not reach the server
	unheard                // it does, but the answer is lost
	last                   // the same, and no new connection gets through
	halfSent               // a part of its message does
)

// newProxy starts a proxy in front of the DSN's server, which is a private one of
// pgtest's, and returns its own DSN.
func newProxy(t testing.TB, dsn string, cut func() manner) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	dir, err := os.MkdirTemp("", "pgproxy-") // a socket's path has to be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	p := &proxy{server: filepath.Join(q.Get("host"), ".s.PGSQL.5432"), cut: cut}
	go p.serve(listener)
	q.Set("host", dir)
	u.RawQuery = q.Encode()
	return p, u.String()
}

func (p *proxy) serve(l net.Listener) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		if p.isClosed() {
			client.Close()
			continue
		}
		server, err := net.Dial("unix", p.server)
		if err != nil {
			client.Close()
			continue
		}
		go p.backward(client, server)
		go p.forward(client, server)
	}
}

func (p *proxy) backward(client, server net.Conn) {
	defer client.Close()
	_, _ = io.Copy(client, server)
}

// forward passes on message by message, and ends at the first that is to be cut.
func (p *proxy) forward(client, server net.Conn) {
	defer server.Close()
	commit := []byte(nil) // the name of the prepared statement
	for first := true; ; first = false {
		m, err := message(client, first)
		if err != nil {
			return
		}
		p.hold()
		if name, ok := bytes.CutSuffix(m, []byte("\x00commit\x00\x00\x00")); ok && m[0] == 'P' {
			commit = bytes.Clone(name[5:])
		}
		if commit == nil || m[0] != 'B' || !bytes.HasPrefix(m[6:], append(commit, 0)) {
			_, _ = server.Write(m)
			continue
		}
		if !p.commit(client, server, m) {
			return
		}
	}
}

// commit passes on a commit and what follows up to the Sync, or does not.
func (p *proxy) commit(client, server net.Conn, bind []byte) bool {
	p.mu.Lock()
	p.commits++
	how := p.cut()
	if how == last {
		p.closed, how = true, unheard
	}
	p.mu.Unlock()
	switch how {
	case unsent:
		client.Close()
		return false
	case halfSent:
		_, _ = server.Write(bind[:len(bind)/2])
		client.Close()
		return false
	case unheard:
		client.(*net.UnixConn).CloseWrite() // no answer gets through
	}
	_, _ = server.Write(bind)
	for m := []byte{0}; m[0] != 'S'; {
		var err error
		if m, err = message(client, false); err != nil {
			return false
		}
		_, _ = server.Write(m)
	}
	if how == unheard {
		client.Close()
	}
	return how == whole
}

// message reads one message that a client sends; the first has no letter.
func message(r io.Reader, first bool) ([]byte, error) {
	head := make([]byte, 5)
	if first {
		head = head[:4]
	}
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	rest := make([]byte, binary.BigEndian.Uint32(head[len(head)-4:])-4)
	_, err := io.ReadFull(r, rest)
	return append(head, rest...), err
}

func (p *proxy) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

func (p *proxy) reopen() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = false
}

// hold waits for as long as the proxy holds everything.
func (p *proxy) hold() {
	p.mu.Lock()
	holds := p.holds
	p.mu.Unlock()
	if holds != nil {
		<-holds
	}
}

// stall holds everything that clients send, until the function is called.
func (p *proxy) stall() (release func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	holds := make(chan struct{})
	p.holds = holds
	return sync.OnceFunc(func() {
		p.mu.Lock()
		p.holds = nil
		p.mu.Unlock()
		close(holds)
	})
}

// silent returns the port of a server that accepts connections and sends nothing.
func silent(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
