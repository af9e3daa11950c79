package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// request is an operation as it is sent.
type request struct {
	Operation string          `json:"operation"`
	Arguments json.RawMessage `json:"arguments"`
}

// Times and sizes of the socket. A check of a large store takes minutes.
const (
	headerTimeout = 10 * time.Second
	maxRequest    = 1 << 20
	baseURL       = "http://operator/"
)

// SocketOf returns the path of the socket of a store that is one file, whatever
// symbolic link the file is named by.
func SocketOf(file string) string {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	return file + ".sock"
}

// Server performs operations for commands.
type Server struct {
	path string
	http http.Server
	done chan struct{}
}

// Listen performs operations for whoever may use the socket: the user that runs the
// program, and root. Only the process that has the store open may call it: a socket
// that is there is replaced.
func Listen(path string, s *Store) (*Server, error) {
	l, err := listenPrivate(path)
	if err != nil {
		return nil, err
	}
	server := &Server{path: path, done: make(chan struct{})}
	server.http = http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r, s) }),
		ReadHeaderTimeout: headerTimeout,
	}
	go func() {
		defer close(server.done)
		_ = server.http.Serve(l)
	}()
	return server, nil
}

// Close waits for operations under way until ctx ends.
func (s *Server) Close(ctx context.Context) error {
	err := os.Remove(s.path)
	if stopErr := s.http.Shutdown(ctx); stopErr != nil {
		err = errors.Join(err, stopErr, s.http.Close())
	}
	<-s.done
	return err
}

// listenPrivate makes the socket in a folder that only its owner can enter, and moves
// it to its place when its mode is right.
func listenPrivate(path string) (net.Listener, error) {
	folder, err := os.MkdirTemp(filepath.Dir(path), ".sock-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	made := filepath.Join(folder, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: made, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	if err := errors.Join(os.Chmod(made, 0o600), os.Rename(made, path)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func answer(w http.ResponseWriter, r *http.Request, s *Store) {
	reply := perform(w, r, s)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(reply)
}

func perform(w http.ResponseWriter, r *http.Request, s *Store) Reply {
	var in request
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&in); err != nil {
		return Reply{Class: Usage, Error: err.Error()}
	}
	op, err := named(in.Operation)
	if err == nil {
		err = json.Unmarshal(in.Arguments, op)
	}
	if err != nil {
		return Reply{Class: Usage, Error: err.Error()}
	}
	return Perform(r.Context(), s, op)
}

// ErrNoGateway says that no process listens on the socket.
var ErrNoGateway = errors.New("no gateway listens on the store's socket")

// Ask has the gateway that listens on the socket perform the operation.
func Ask(ctx context.Context, path string, op Operation) (Reply, error) {
	arguments, err := json.Marshal(op)
	if err != nil {
		return Reply{}, err
	}
	body, err := json.Marshal(request{nameOf(op), arguments})
	if err != nil {
		return Reply{}, err
	}
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
			if err != nil {
				err = fmt.Errorf("%w: %w", ErrNoGateway, err)
			}
			return c, err
		},
	}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, baseURL, bytes.NewReader(body))
	if err != nil {
		return Reply{}, err
	}
	res, err := client.Do(r)
	if err != nil {
		return Reply{}, err
	}
	defer res.Body.Close()
	var reply Reply
	return reply, json.NewDecoder(res.Body).Decode(&reply)
}
