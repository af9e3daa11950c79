package scim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// cursor is a place in a list (RFC 9865). It names the last resource that was shown
// and what that was sorted by, so that resources that come or go meanwhile do not
// shift the list. It is signed with the token's digest.
type cursor struct {
	request string     // a digest of the other parameters
	last    wire.Value // the position; null for the first page
}

// cursorText is how a cursor's bytes are written.
var cursorText = base64.RawURLEncoding

func badCursor(scimType string) *failure {
	return &failure{status: http.StatusBadRequest, scimType: scimType, detail: map[string]string{
		"invalidCursor": "The cursor is not one of this list.",
		"expiredCursor": "The cursor is too old.",
		"invalidCount":  "The count is another one than that of the first page.",
	}[scimType]}
}

// readCursor reads the parameter of that name, which is empty for the first page.
func (c *call) readCursor(text string, s *search, param func(string) string) (*cursor, error) {
	cur := &cursor{request: requestDigest(s, param)}
	if text = strings.TrimSpace(text); text == "" {
		return cur, nil
	}
	signature, payload, _ := strings.Cut(text, ".")
	if !hmac.Equal([]byte(signature), []byte(c.sign(payload))) {
		return nil, badCursor("invalidCursor")
	}
	raw, err := cursorText.DecodeString(payload)
	if err != nil {
		return nil, badCursor("invalidCursor")
	}
	v, err := wire.ParseJSON(raw, wire.Limits{})
	if err != nil || v.Len() != 4 {
		return nil, badCursor("invalidCursor")
	}
	items := v.Items()
	made, _ := items[0].Int()
	count, _ := items[1].Int()
	switch {
	case c.d.dir.Now().Sub(time.Unix(made, 0)) > cursorTimeout*time.Second:
		return nil, badCursor("expiredCursor")
	case items[2].Text() != cur.request:
		return nil, badCursor("invalidCursor")
	case int(count) != s.count:
		return nil, badCursor("invalidCount")
	}
	cur.last = items[3]
	return cur, nil
}

// requestDigest identifies the list that a cursor belongs to.
func requestDigest(s *search, param func(string) string) string {
	h := sha256.New()
	for _, name := range []string{"filter", "sortBy", "sortOrder"} {
		h.Write([]byte(param(name) + "\x00"))
	}
	h.Write([]byte(s.t.Name))
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func (c *call) sign(payload string) string {
	mac := hmac.New(sha256.New, []byte(c.token.Digest))
	mac.Write([]byte(payload))
	return cursorText.EncodeToString(mac.Sum(nil)[:16])
}

// text writes the cursor of a position.
func (cur *cursor) text(c *call, tx *core.Tx, s *search, last wire.Value) string {
	v := wire.Array(wire.Int(tx.Now().Unix()), wire.Int(int64(s.count)), wire.String(cur.request), last)
	payload := cursorText.EncodeToString(v.JSON())
	return c.sign(payload) + "." + payload
}

// next is the cursor after a resource of a list that is sorted here.
func (cur *cursor) next(c *call, tx *core.Tx, s *search, l listed) string {
	last := wire.Array(l.r[schema.ID], wire.Bool(l.u != nil), wire.Int(l.number))
	if key := s.keyOf(l.r); key.ok {
		last.Append(key.v)
	}
	return cur.text(c, tx, s, last)
}

// after returns the index of the first resource behind the cursor, also if the one
// that it names is gone.
func (cur *cursor) after(s *search, found []listed) int {
	items := cur.last.Items()
	if len(items) < 3 {
		return 0
	}
	isUser, _ := items[1].Bool()
	number, _ := items[2].Int()
	key := sortKey{ok: len(items) > 3}
	if key.ok {
		key.v = items[3]
	}
	for i, l := range found {
		if s.behind(l, key, isUser, number) {
			return i
		}
	}
	return len(found)
}

// behind reports whether a resource comes after a position.
func (s *search) behind(l listed, key sortKey, isUser bool, number int64) bool {
	if s.sort != nil {
		if n := s.compareKeys(s.keyOf(l.r), key); n != 0 {
			return n > 0
		}
	}
	after := false
	switch {
	case (l.u != nil) != isUser:
		after = isUser // users come before groups
	case l.number == number:
		return false
	default:
		after = l.number > number
	}
	return after != (s.desc && s.sort == nil)
}

// lastUser is the position as the store needs it; nil for the first page.
func (cur *cursor) lastUser(realm core.Realm) *core.User {
	items := cur.last.Items()
	if len(items) < 4 {
		return nil
	}
	u := &core.User{Realm: realm, UID: items[1].Text(), Username: items[2].Text()}
	u.ID, _ = items[0].Int()
	created, _ := time.Parse(time.RFC3339Nano, items[3].Text())
	u.CreatedAt = created
	if len(items) > 4 {
		u.UpdatedAt, _ = time.Parse(time.RFC3339Nano, items[4].Text())
	}
	return u
}

// nextUser is the cursor after a user of a list that the store sorts.
func (cur *cursor) nextUser(c *call, tx *core.Tx, s *search, u *core.User) string {
	return cur.text(c, tx, s, wire.Array(wire.Int(u.ID), wire.String(u.UID), wire.String(u.Username), timeValue(u.CreatedAt), timeValue(u.UpdatedAt)))
}
