package syncano

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/charset"
	"github.com/dragoman-gateway/dragoman/dialects/internal/django"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// caller is who asks, as the keys of the request prove. At most one of account
// and key is set; user only comes with key.
type caller struct {
	account *core.User
	role    role // of account in the instance
	key     *apiKey
	keyRow  *core.Record
	user    *core.User
}

// holds reports whether c has the rights over objects and users that earlier had.
func (c *caller) holds(earlier *caller) bool {
	return c.role >= earlier.role && (earlier.user == nil || c.user != nil && c.user.ID == earlier.user.ID) &&
		(earlier.key == nil || c.key.IgnoreACL || !earlier.key.IgnoreACL)
}

// keyLength is the length of every key, in hexadecimal digits.
const keyLength = 40

// keyKind is what the last digit of a key says it is.
type keyKind uint8

const (
	noKey       keyKind = iota // not of a key's form
	evenKey                    // an account's, or a user's
	instanceKey                // an instance's API key
)

// kindOfKey returns the key in lower case, as it is stored, with its kind.
func kindOfKey(key string) (string, keyKind) {
	if len(key) != keyLength {
		return "", noKey
	}
	for _, c := range []byte(key) {
		if !isHex(c) {
			return "", noKey
		}
	}
	key = strings.ToLower(key)
	switch key[keyLength-1] {
	case '0', '2', '4', '6', '8', 'a', 'c', 'e':
		return key, evenKey
	}
	return key, instanceKey
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// authenticate finds the caller by its key. A request without a key has no
// caller, which only the verb's rule refuses; an unknown key is refused here.
func authenticate(c *call, tx *core.Tx) error {
	given := c.keyGiven()
	if given == "" {
		return nil
	}
	key, kind := kindOfKey(given)
	switch kind {
	case evenKey:
		return authenticateAccount(c, tx, key)
	case instanceKey:
		return authenticateKey(c, tx, key)
	}
	return errNoSuchKey
}

func authenticateAccount(c *call, tx *core.Tx, key string) error {
	account, err := tx.User(core.ByHandle(accountsRealm, accountKeyHandle, key))
	if errors.Is(err, core.ErrNotFound) || err == nil && !account.Active(tx.Now()) {
		return errNoSuchKey
	}
	c.caller.account = account
	if err != nil || c.instance == nil {
		return err
	}
	c.caller.role, err = c.instance.roleOf(tx, account)
	return err
}

func authenticateKey(c *call, tx *core.Tx, key string) (err error) {
	if c.instance == nil {
		c.caller.keyRow, err = findKeyAnywhere(tx, key)
	} else {
		c.caller.keyRow, err = findKeyOf(tx, c.instance, core.RecordRef{Key: key})
	}
	if errors.Is(err, core.ErrNotFound) {
		return errNoSuchKey
	}
	if err != nil {
		return err
	}
	if c.caller.key, err = decodeAPIKey(c.caller.keyRow); err != nil || c.instance == nil {
		return err
	}
	if err := authenticateUser(c, tx); err != nil || !c.v.v2 {
		return err
	}
	return loadEndpointLists(c, tx)
}

// authenticateUser finds the user of the request's user key. An unknown key is
// not an error: the request goes on without a user.
func authenticateUser(c *call, tx *core.Tx) error {
	key, kind := kindOfKey(c.userKeyGiven())
	if kind != evenKey {
		return nil
	}
	u, err := tx.User(core.ByHandle(c.instance.Realm, userKeyHandle, key))
	if errors.Is(err, core.ErrNotFound) || err == nil && !u.Active(tx.Now()) {
		return nil
	}
	c.caller.user = u
	return err
}

// keyGiven reads the key slot: the first place that is not empty counts.
func (c *call) keyGiven() string {
	if key := c.keyBeforeBody(); key != "" {
		return key
	}
	return c.bodyMember("_api_key")
}

// hasKnownKey reports whether the request has the key of an account or an instance
// before its body.
func hasKnownKey(c *call) bool {
	key, kind := kindOfKey(c.keyBeforeBody())
	err := c.view(func(tx *core.Tx) (err error) {
		switch kind {
		case evenKey:
			_, err = tx.User(core.ByHandle(accountsRealm, accountKeyHandle, key))
		case instanceKey:
			_, err = findKeyAnywhere(tx, key)
		default:
			err = errNoSuchKey
		}
		return err
	})
	return err == nil
}

func (c *call) keyBeforeBody() string {
	if key := header(c, "X-Api-Key"); key != "" {
		return key
	}
	query := c.query()
	for _, name := range []string{"api_key", "apikey"} {
		if key := query.Get(name); key != "" {
			return key
		}
	}
	if words := strings.Split(header(c, "Authorization"), " "); len(words) == 2 && words[1] != "" {
		return words[1]
	}
	return ""
}

// userKeyGiven reads the user key's slot.
func (c *call) userKeyGiven() string {
	if key := header(c, "X-User-Key"); key != "" {
		return key
	}
	query := c.query()
	for _, name := range []string{"user_key", "userkey"} {
		if key := query.Get(name); key != "" {
			return key
		}
	}
	return c.bodyMember("_user_key")
}

// header returns a header's first value; name is in canonical form.
func header(c *call, name string) string {
	if values := c.req.Header[name]; len(values) > 0 {
		return strings.TrimSpace(values[0])
	}
	return ""
}

// bodyMember reads a key from the body. A broken body is not this function's to
// report: whoever needs it, or any other error, does.
func (c *call) bodyMember(name string) string {
	if c.req.ContentLength == 0 || c.readBody() != nil {
		return ""
	}
	v, _ := c.body.root.Get(name)
	text, _ := v.Str()
	return text
}

// query is the parsed query string.
func (c *call) query() url.Values {
	if c.params == nil {
		c.params = parseQuery(c.req.URL.RawQuery, c.charset())
	}
	return c.params
}

// parseQuery reads a query string; none is broken. Of a parameter that is given
// twice the last one counts; only queries add up.
func parseQuery(raw string, declared charset.Charset) url.Values {
	if raw == "" {
		return noValues
	}
	// A header's length bounds the pairs already.
	pairs, _ := django.ParseQuery([]byte(raw), declared, wire.Limits{Pairs: len(raw)})
	values := make(url.Values, len(pairs))
	for _, p := range pairs {
		values.Add(p.Name, p.Value.Text())
	}
	for name, list := range values {
		if name != "query" {
			values[name] = list[len(list)-1:]
		}
	}
	return values
}

// noValues is shared and never written to.
var noValues = url.Values{}

// findByName finds a user; an unknown one is nil without an error.
func (d *Dialect) findByName(ctx context.Context, realm core.Realm, name string) (u *core.User, err error) {
	err = d.dir.View(ctx, func(tx *core.Tx) error {
		u, err = tx.User(core.ByUsername(realm, name))
		return err
	})
	if errors.Is(err, core.ErrNotFound) {
		return nil, nil
	}
	return u, err
}

// verifyPassword takes equal time for unknown and for disabled users. An attempt by
// an unknown user fails with notFound.
func (d *Dialect) verifyPassword(ctx context.Context, a core.Attempt, plain string, notFound error) error {
	ok, err := d.dir.Verify(ctx, a, plain)
	switch {
	case err != nil:
		return err
	case a.User == nil:
		return notFound
	case !ok || !a.User.Active(d.dir.Now()):
		return errWrongPassword
	}
	return nil
}

// attempt is a login of this request, by that name and as that user, if there is one.
func (c *call) attempt(realm core.Realm, name string, u *core.User) core.Attempt {
	return core.Attempt{Realm: realm, Name: name, User: u, Address: wire.ClientIP(c.req)}
}
