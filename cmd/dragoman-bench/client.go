package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"
)

// client is one kept connection to a server.
type client struct {
	addr    string
	conn    net.Conn
	answers *responseReader
	request []byte // reused
}

// patience is how long one answer may take at most.
const responseTimeout = time.Minute

func dial(ctx context.Context, addr string) (*client, error) {
	d := net.Dialer{Timeout: 5 * time.Second}
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &client{addr: addr, conn: conn, answers: newResponseReader(conn)}, nil
}

// send sends what is in c.request and reads the answer.
func (c *client) send() (response, error) {
	if _, err := c.conn.Write(c.request); err != nil {
		return response{}, err
	}
	return c.answers.next()
}

// do sends one request, which may be the first after a pause, and returns the
// answer with its body, which is valid until the next one.
func (c *client) do(ctx context.Context, r render, pick, turn uint64) (response, []byte, error) {
	c.answers.keep = true
	defer func() { c.answers.keep = false }()
	c.request = r(c.request[:0], pick, turn)
	if err := c.wait(ctx, responseTimeout); err != nil {
		return response{}, nil, err
	}
	res, err := c.send()
	return res, c.answers.body, err
}

// wait bounds how long answers are waited for from now on. It asks for ctx
// afterwards: whoever breaks connections off when ctx ends may have done so before.
func (c *client) wait(ctx context.Context, longest time.Duration) error {
	if err := c.conn.SetDeadline(time.Now().Add(longest)); err != nil {
		return err
	}
	return ctx.Err()
}

func (c *client) close() { _ = c.conn.Close() }

// render appends one whole request. pick says which of the operation's targets
// it is for; turn is different for each request, for bodies that are to change.
type render func(b []byte, pick, turn uint64) []byte

// fixed is the same request each time.
func fixed(request string) render {
	return func(b []byte, _, _ uint64) []byte { return append(b, request...) }
}

// fetch makes one GET on a connection of its own.
func fetch(ctx context.Context, addr, path string) (status int, body []byte, err error) {
	c, err := dial(ctx, addr)
	if err != nil {
		return 0, nil, err
	}
	defer c.close()
	res, body, err := c.do(ctx, fixed("GET "+path+" HTTP/1.1\r\nHost: "+addr+"\r\nConnection: close\r\n\r\n"), 0, 0)
	return res.status, body, err
}

// unexpected is an answer of another status than the operation is to have.
type unexpected struct {
	status int
	body   []byte
}

// Error shows the beginning of the body.
func (u *unexpected) Error() string {
	const shown = 200
	return fmt.Sprintf("the answer is %d %s", u.status, strconv.Quote(string(u.body[:min(len(u.body), shown)])))
}
