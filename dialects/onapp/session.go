package onapp

import (
	"encoding/hex"
	"io"
	"sync"
)

// sessionCookie is a cookie that every answer to an authenticated caller has. A client reads it and
// sends it back; nothing here accepts it as a proof. See REFERENCE.md, "Headers".
const sessionCookie = "_session_id"

// sessionIDs makes the values of the cookie. It is safe for concurrent use.
type sessionIDs struct {
	mu     sync.Mutex
	random io.Reader
}

// next returns 32 random hexadecimal digits. It panics without randomness.
func (s *sessionIDs) next() string {
	var id [16]byte
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.ReadFull(s.random, id[:]); err != nil {
		panic("onapp: no randomness: " + err.Error())
	}
	return hex.EncodeToString(id[:])
}

// setSession gives the caller a session cookie unless it sent one.
func (c *call) setSession() {
	if have, err := c.r.Cookie(sessionCookie); err == nil && have.Value != "" {
		return
	}
	c.w.Header().Add("Set-Cookie", sessionCookie+"="+c.d.sessions.next()+"; path=/; HttpOnly")
}
