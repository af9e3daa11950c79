package syncano

import (
	"errors"
	"net/url"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
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

// authenticate finds out who asks. No key at all is nobody, which only the
// verb's rule refuses; a key that nobody has is refused here.
func (k *call) authenticate(tx *core.Tx) error {
	given := k.keyGiven()
	if given == "" {
		return nil
	}
	key, kind := kindOfKey(given)
	switch kind {
	case evenKey:
		return k.authenticateAccount(tx, key)
	case instanceKey:
		return k.authenticateKey(tx, key)
	}
	return errNoSuchKey
}

func (k *call) authenticateAccount(tx *core.Tx, key string) error {
	account, err := tx.User(core.ByHandle(accountsRealm, accountKeyHandle, key))
	if errors.Is(err, core.ErrNotFound) {
		return errNoSuchKey
	}
	if err != nil || k.instance == nil {
		k.who.account = account
		return err
	}
	k.who.account = account
	k.who.role, err = k.instance.roleOf(tx, account)
	return err
}

func (k *call) authenticateKey(tx *core.Tx, key string) (err error) {
	if k.instance == nil {
		k.who.keyRow, err = findKeyAnywhere(tx, key)
	} else {
		k.who.keyRow, err = findKeyOf(tx, k.instance, core.RecordRef{Key: key})
	}
	if errors.Is(err, core.ErrNotFound) {
		return errNoSuchKey
	}
	if err != nil {
		return err
	}
	if k.who.key, err = decodeAPIKey(k.who.keyRow); err != nil || k.instance == nil {
		return err
	}
	if err := k.authenticateUser(tx); err != nil || !k.v.v2 {
		return err
	}
	return k.loadEndpointLists(tx)
}

// authenticateUser finds the person whose user key came along. A key that
// nobody has is no error: the request goes on without a user.
func (k *call) authenticateUser(tx *core.Tx) error {
	key, kind := kindOfKey(k.userKeyGiven())
	if kind != evenKey {
		return nil
	}
	u, err := tx.User(core.ByHandle(k.instance.Realm, userKeyHandle, key))
	if errors.Is(err, core.ErrNotFound) || err == nil && !u.Active(tx.Now()) {
		return nil
	}
	k.who.user = u
	return err
}

// keyGiven reads the key slot: the first place that is not empty counts.
func (k *call) keyGiven() string {
	if key := header(k, "X-Api-Key"); key != "" {
		return key
	}
	query := k.query()
	for _, name := range []string{"api_key", "apikey"} {
		if key := query.Get(name); key != "" {
			return key
		}
	}
	if words := strings.Split(header(k, "Authorization"), " "); len(words) == 2 && words[1] != "" {
		return words[1]
	}
	return k.bodyMember("_api_key")
}

// userKeyGiven reads the user key's slot.
func (k *call) userKeyGiven() string {
	if key := header(k, "X-User-Key"); key != "" {
		return key
	}
	query := k.query()
	for _, name := range []string{"user_key", "userkey"} {
		if key := query.Get(name); key != "" {
			return key
		}
	}
	return k.bodyMember("_user_key")
}

// header returns a header's first value; name is in canonical form.
func header(k *call, name string) string {
	if values := k.req.Header[name]; len(values) > 0 {
		return strings.TrimSpace(values[0])
	}
	return ""
}

// bodyMember reads a key from the body. A broken body is not this function's to
// report: whoever needs it, or any other error, does.
func (k *call) bodyMember(name string) string {
	if k.req.ContentLength == 0 || k.readBody() != nil {
		return ""
	}
	v, _ := k.body.root.Get(name)
	text, _ := v.Str()
	return text
}

// query is the parsed query string.
func (k *call) query() url.Values {
	if k.params == nil {
		k.params = parseQuery(k.req.URL.RawQuery)
	}
	return k.params
}

// parseQuery keeps what it can read of a broken query string. Of a parameter
// that is given twice the last one counts; only queries add up.
func parseQuery(raw string) url.Values {
	if raw == "" {
		return noValues
	}
	values, _ := url.ParseQuery(raw)
	for name, list := range values {
		if name != "query" {
			values[name] = list[len(list)-1:]
		}
	}
	return values
}

// noValues is shared and never written to.
var noValues = url.Values{}
