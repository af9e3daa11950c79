package scim

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// call is one request.
type call struct {
	d      *Dialect
	w      http.ResponseWriter
	r      *http.Request
	method string
	token  *Token // nil where none is needed
	types  *types // of the token's realm
	id     string // of the path
	params map[string]string
	body   *wire.Value // of an operation of a bulk request; nil: the request's own
	// hashes are those of the passwords that the request sets.
	hashes map[string]core.ChosenPassword
}

func (c *call) ctx() context.Context { return c.r.Context() }

func (c *call) realm() core.Realm { return c.token.Realm }

func (c *call) view(fn func(*core.Tx) error) error { return c.d.dir.View(c.ctx(), fn) }

// needsHash is the error of an update that needs the hash of a password, which must
// not be computed inside it.
type needsHash struct{ plain string }

func (*needsHash) Error() string { return "a password must be hashed first" }

// update changes the store as the token. It runs again for each password that must
// be hashed first.
func (c *call) update(fn func(*core.Tx) error) error {
	for {
		err := c.d.dir.Update(c.ctx(), c.actor(), func(tx *core.Tx) error {
			if err := confirm(c, tx); err != nil {
				return err
			}
			return fn(tx)
		})
		var needs *needsHash
		if !errors.As(err, &needs) {
			return err
		}
		chosen, err := c.d.dir.ChoosePassword(c.ctx(), needs.plain)
		if err != nil {
			return err
		}
		if c.hashes == nil {
			c.hashes = map[string]core.ChosenPassword{}
		}
		c.hashes[needs.plain] = chosen
	}
}

// hash returns the hash of a password, or the error that makes update compute it.
func (c *call) hash(plain string) (core.ChosenPassword, error) {
	if chosen, ok := c.hashes[plain]; ok {
		return chosen, nil
	}
	return core.ChosenPassword{}, &needsHash{plain}
}

// byteOrderMark may begin a body.
var byteOrderMark = []byte("\xef\xbb\xbf")

// readObject reads the body, which must be an object.
func (c *call) readObject() (v wire.Value, err error) {
	if c.body != nil {
		if c.body.Kind() != wire.KindObject {
			return v, bad(schema.InvalidSyntax, textNotJSON)
		}
		return *c.body, nil
	}
	err = wire.WithBody(c.r, c.d.cfg.MaxBody, func(raw []byte) (err error) {
		v, err = wire.ParseJSON(bytes.TrimPrefix(raw, byteOrderMark), c.d.limits)
		return err
	})
	var syntax *wire.SyntaxError
	if errors.As(err, &syntax) || err == nil && v.Kind() != wire.KindObject {
		return v, &failure{status: http.StatusBadRequest, scimType: schema.InvalidSyntax, detail: textNotJSON, cause: err}
	}
	return v, err
}

// query returns a parameter's value; "" if it is absent. Of repeated ones the first counts.
func (c *call) query(name string) string {
	if c.params == nil {
		c.params = parseQuery(c.r.URL.RawQuery)
	}
	return c.params[name]
}

// parseQuery reads a query. What is not a valid escape stands for itself: to leave
// out such a filter would answer another question.
func parseQuery(raw string) map[string]string {
	params := map[string]string{}
	for _, pair := range strings.Split(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name = unescape(name)
		if _, there := params[name]; !there {
			params[name] = unescape(value)
		}
	}
	return params
}

func unescape(s string) string {
	if !strings.ContainsAny(s, "+%") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			b = append(b, ' ')
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			n, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			b = append(b, byte(n))
			i += 2
		default:
			b = append(b, s[i])
		}
	}
	return string(b)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// base is the address of this version of the API.
func (c *call) base() string {
	base := c.d.cfg.BaseURL
	if base == "" && c.r != nil {
		base = wire.Origin(c.r)
	}
	return base + "/scim/v2"
}

// projection reads which attributes to show.
func (c *call) projection(t *schema.ResourceType) (schema.Projection, error) {
	return t.Projection(listParam(c.query("attributes")), listParam(c.query("excludedAttributes")))
}

// listParam splits a list of names.
func listParam(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
}
