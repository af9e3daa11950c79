package edge

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
)

// headerRequestID is in canonical form, for direct map access.
const headerRequestID = "X-Request-Id"

// maxRequestID bounds a client's own id, which goes into the log and the response.
const maxRequestID = 64

// idSource makes request ids: a random prefix for the process, then a counter.
// They are not secret.
type idSource struct {
	prefix string
	count  *atomic.Uint64
}

func newIDSource(random io.Reader) idSource {
	if random == nil {
		random = rand.Reader
	}
	var b [6]byte
	// crypto/rand.Read does not fail: it ends the program instead.
	_, _ = io.ReadFull(random, b[:])
	return idSource{prefix: hex.EncodeToString(b[:]) + "-", count: new(atomic.Uint64)}
}

// identify returns the request's id, the client's own if it is valid, and sets it
// in the response's header.
func (s idSource) identify(response, request http.Header) string {
	if given := request[headerRequestID]; len(given) == 1 && validID(given[0]) {
		response[headerRequestID] = given
		return given[0]
	}
	var buf [32]byte
	id := string(strconv.AppendUint(append(buf[:0], s.prefix...), s.count.Add(1), 36))
	response[headerRequestID] = []string{id}
	return id
}

func validID(id string) bool {
	if id == "" || len(id) > maxRequestID {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == ':' {
			continue
		}
		return false
	}
	return true
}
