package edge

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strconv"
	"sync/atomic"
)

// headerRequestID is in its canonical form, so that maps can be asked directly.
const headerRequestID = "X-Request-Id"

// maxRequestID bounds a client's own id, which goes into the log and the answer.
const maxRequestID = 64

// idSource makes ids that are unique among processes and cheap within one:
// random at the start, counted from then on. They are no secret.
type idSource struct {
	prefix string
	count  *atomic.Uint64
}

func newIDSource() idSource {
	var b [6]byte
	// crypto/rand.Read does not fail: it ends the program instead.
	_, _ = rand.Read(b[:])
	return idSource{prefix: hex.EncodeToString(b[:]) + "-", count: new(atomic.Uint64)}
}

// identify returns the request's id, the client's own if it is a sane one, and
// puts it into the answer's header.
func (s idSource) identify(answer, request http.Header) string {
	if given := request[headerRequestID]; len(given) == 1 && saneID(given[0]) {
		answer[headerRequestID] = given
		return given[0]
	}
	var buf [32]byte
	id := string(strconv.AppendUint(append(buf[:0], s.prefix...), s.count.Add(1), 36))
	answer[headerRequestID] = []string{id}
	return id
}

func saneID(id string) bool {
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
