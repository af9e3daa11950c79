package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"
)

// client is one persistent connection to a server.
type client struct {
	addr      string
	conn      net.Conn
	responses *responseReader
	request   []byte // reused
}

// responseTimeout bounds the time of one response.
const responseTimeout = time.Minute

func dial(ctx context.Context, addr string) (*client, error) {
	d := net.Dialer{Timeout: 5 * time.Second}
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &client{addr: addr, conn: conn, responses: newResponseReader(conn)}, nil
}

// send sends c.request and reads the response.
func (c *client) send() (response, error) {
	if _, err := c.conn.Write(c.request); err != nil {
		return response{}, err
	}
	return c.responses.next()
}

// do sends one request and returns the response with its body, which is valid
// until the next one.
func (c *client) do(ctx context.Context, r render, pick, turn uint64) (response, []byte, error) {
	c.responses.keep = true
	defer func() { c.responses.keep = false }()
	c.request = r(c.request[:0], pick, turn)
	if err := c.wait(ctx, responseTimeout); err != nil {
		return response{}, nil, err
	}
	res, err := c.send()
	return res, c.responses.body, err
}

// wait sets the deadline of responses. It checks ctx afterwards, since abandon may
// have run before.
func (c *client) wait(ctx context.Context, longest time.Duration) error {
	if err := c.conn.SetDeadline(time.Now().Add(longest)); err != nil {
		return err
	}
	return ctx.Err()
}

func (c *client) close() { _ = c.conn.Close() }

// render appends one whole request. pick is the number of the object that it is
// about; turn differs for each request, for bodies that must change.
type render func(b []byte, pick, turn uint64) []byte

// fixed always renders the same request.
func fixed(request string) render {
	return func(b []byte, _, _ uint64) []byte { return append(b, request...) }
}

// fetch sends one GET on a new connection.
func fetch(ctx context.Context, addr, path string) (status int, body []byte, err error) {
	c, err := dial(ctx, addr)
	if err != nil {
		return 0, nil, err
	}
	defer c.close()
	res, body, err := c.do(ctx, fixed("GET "+path+" HTTP/1.1\r\nHost: "+addr+"\r\nConnection: close\r\n\r\n"), 0, 0)
	return res.status, body, err
}

// unexpected is a response with another status than expected.
type unexpected struct {
	status int
	body   []byte
}

// Error shows the beginning of the body.
func (u *unexpected) Error() string {
	const shown = 200
	return fmt.Sprintf("the response is %d %s", u.status, strconv.Quote(string(u.body[:min(len(u.body), shown)])))
}
