package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// floorCommand serves the lower bound of any gateway on echo: a handler that only
// writes a prepared body.
type floorCommand struct {
	Listen string `help:"Listen on this address." placeholder:"ADDR"`
}

// The paths, and the sizes of their bodies: one user, and a hundred.
const (
	floorPath      = "/floor"
	floorLargePath = "/floor/large"
	userSize       = 645
	pageSize       = 100 * userSize
)

// Run serves until ctx ends.
func (c *floorCommand) Run(ctx context.Context) error {
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: newFloor()}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}

func newFloor() http.Handler {
	e := echo.New()
	for path, size := range map[string]int{floorPath: userSize, floorLargePath: pageSize} {
		body := jsonOf(size)
		e.GET(path, func(c echo.Context) error { return c.Blob(http.StatusOK, "application/json; charset=utf-8", body) })
	}
	return e
}

// jsonOf returns a JSON text of size bytes.
func jsonOf(size int) []byte {
	const around = `{"floor":""}`
	return bytes.Replace([]byte(around), []byte(`""`), []byte(`"`+strings.Repeat("x", size-len(around))+`"`), 1)
}
