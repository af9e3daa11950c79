package dialecttest

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// patience is how long one answer may take before the server counts as stuck.
const patience = 20 * time.Second

// client sends requests as bytes, because net/http's own client would mend what
// must arrive as written: a bare "?", "//", a body on GET, a missing length.
// It keeps its connection from one request to the next.
type client struct {
	addr   string
	conn   net.Conn
	reader *bufio.Reader
}

func newClient(base string) (*client, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	return &client{addr: u.Host}, nil
}

func (c *client) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

func (c *client) connect() error {
	if c.conn != nil {
		return nil
	}
	conn, err := net.DialTimeout("tcp", c.addr, patience)
	if err != nil {
		return err
	}
	c.conn, c.reader = conn, bufio.NewReader(conn)
	return nil
}

// do sends the bytes of one request and reads the answer. It writes beside
// reading and does not mind a failed write: a server may refuse a long body
// before it has seen it all.
func (c *client) do(method string, raw []byte) (*Answer, error) {
	if err := c.connect(); err != nil {
		return nil, err
	}
	c.conn.SetDeadline(time.Now().Add(patience))
	written := make(chan struct{})
	go func(conn net.Conn) {
		defer close(written)
		conn.Write(raw)
	}(c.conn)
	answer, keep, err := c.read(method)
	if !keep {
		c.close()
	}
	<-written
	return answer, err
}

func (c *client) read(method string) (answer *Answer, keep bool, err error) {
	resp, err := c.final(method)
	if err != nil {
		return nil, false, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, false, err
	}
	return &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, !resp.Close, nil
}

// final reads answers until one is not "100 Continue" or its like.
func (c *client) final(method string) (*http.Response, error) {
	for {
		resp, err := http.ReadResponse(c.reader, &http.Request{Method: method})
		if err != nil || resp.StatusCode >= 200 {
			return resp, err
		}
		resp.Body.Close()
	}
}
