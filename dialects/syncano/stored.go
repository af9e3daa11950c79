package syncano

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// CheckUser fails if the facet of the user or account cannot be read.
func (d *Dialect) CheckUser(u *core.User) error {
	text := u.Facets.Get(Name).Text()
	if u.Realm == accountsRealm {
		_, err := decodeJSON[accountBody](text)
		return err
	}
	_, err := decodeFacet(text)
	return err
}

// CheckGroup fails if the group cannot be read.
func (d *Dialect) CheckGroup(g *core.Group) error {
	_, err := decodeJSON[groupBody](g.Body.Text())
	return err
}

// CheckRecord fails if the record cannot be read.
func (d *Dialect) CheckRecord(r *core.Record) (err error) {
	switch {
	case r.Kind == instanceKind:
		_, err = decodeInstance(r)
	case r.Kind == apiKeyKind:
		_, err = decodeAPIKey(r)
	case r.Kind == keyIndexKind:
		_, err = decodeJSON[keyIndex](r.Body.Text())
	case r.Kind == roleKind:
		_, err = decodeJSON[roleBody](r.Body.Text())
	case r.Kind == realmKind:
		_, err = decodeJSON[realmBody](r.Body.Text())
	case r.Kind == endpointACLKind:
		_, err = decodeNew[acl](r.Body.Text())
	case r.Kind == schema.ClassKind:
		_, err = schema.DecodeClass(r)
	case strings.HasPrefix(r.Kind, schema.ObjectKind("")):
		_, err = decodeObject(r)
	}
	return err
}

// The functions below turn what another server of this API shows into what this dialect
// stores.

// The kinds of groups, records and handles, for what reads another server.
const (
	KindInstance    = instanceKind
	KindGroup       = groupKind
	KindAPIKey      = apiKeyKind
	KindEndpointACL = endpointACLKind
	HandleUserKey   = userKeyHandle
	// AccountsRealm is where accounts and instances are.
	AccountsRealm = accountsRealm
)

// Numbers gives the numbers in the store of users and groups of another server; 0 for those
// that are not there.
type Numbers struct{ User, Group func(int64) (int64, error) }

func memberOf(v wire.Value, name string) wire.Value {
	m, _ := v.Get(name)
	return m
}

func shownText(v wire.Value, name string) string {
	text, _ := memberOf(v, name).Str()
	return text
}

func shownID(v wire.Value, name string) int64 {
	id, _ := memberOf(v, name).Int()
	return id
}

// ShownTime returns a time; zero for null.
func ShownTime(v wire.Value, name string) (time.Time, error) {
	m := memberOf(v, name)
	if m.IsNull() {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, m.Text())
	if err != nil {
		return time.Time{}, errors.New(name + " is not a time")
	}
	return t.UTC(), nil
}

func shownMetadata(v wire.Value) json.RawMessage {
	if m := memberOf(v, "metadata"); m.Kind() == wire.KindObject && m.Len() > 0 {
		return m.JSON()
	}
	return nil
}

// ShownAccount returns an account. key is its key; "" if that is not known.
func ShownAccount(v wire.Value, key string) *core.User {
	u := newAccount(pystyle.Lower(shownText(v, "email")), "", strings.ToLower(key))
	u.ID = shownID(v, "id")
	u.Name.Given, u.Name.Family = shownText(v, "first_name"), shownText(v, "last_name")
	active, _ := memberOf(v, "is_active").Bool()
	u.Facets.Set(Name, accountBody{Active: active, Metadata: shownMetadata(v)}.document())
	return u
}

// ShownInstance returns the document of an instance that shows the realm.
func ShownInstance(v wire.Value, realm core.Realm) *core.Document {
	return document(instanceBody{Realm: realm, Shared: true, Description: shownText(v, "description"), Metadata: shownMetadata(v)})
}

// StoredInstance returns the record of an instance and the realm that it shows. It fails
// with NotFound.
func StoredInstance(tx *core.Tx, name string) (*core.Record, core.Realm, error) {
	in, err := findInstance(tx, name)
	if err != nil {
		return nil, "", err
	}
	return in.row, in.Realm, nil
}

// OpenInstance notes that a stored instance speaks for its realm.
func OpenInstance(tx *core.Tx, name string) error {
	in, err := findInstance(tx, name)
	if err != nil {
		return err
	}
	_, body, err := findRealm(tx, in.Realm)
	if err != nil || slices.Contains(body.Instances, in.row.ID) {
		return err
	}
	return enterRealm(tx, in.Realm, in.row.ID)
}

// ShownGroup returns a group without its UID.
func ShownGroup(v wire.Value) *core.Group {
	return &core.Group{
		Kind: groupKind, ID: shownID(v, "id"), Key: shownText(v, "name"), Name: shownText(v, "label"),
		Body: document(groupBody{Description: shownText(v, "description")}),
	}
}

// ShownKey returns an API key and its document. It fails for what is not one.
func ShownKey(v wire.Value) (key string, body *core.Document, err error) {
	key, kind := kindOfKey(shownText(v, "api_key"))
	if kind != instanceKey {
		return "", nil, errors.New("api_key is not a key")
	}
	k := apiKey{Description: shownText(v, "description")}
	for _, flag := range everyFlag.flags() {
		if on, _ := memberOf(v, flag).Bool(); on {
			err = errors.Join(err, k.allow(flag))
		}
	}
	return key, document(k), err
}

// KeyNumber returns the number of an API key: its own if it is stored, or else the one that is
// shown if it is free, or else 0. It fails with Conflict if another instance has the key.
func KeyNumber(tx *core.Tx, instance, key string, shown int64) (int64, error) {
	in, err := findInstance(tx, instance)
	if err != nil {
		return 0, err
	}
	row, err := findKeyOf(tx, in, core.RecordRef{Key: key})
	if err == nil {
		return row.ID, nil
	}
	if !errors.Is(err, core.ErrNotFound) {
		return 0, err
	}
	switch _, err := indexOfKey(tx, key); {
	case err == nil:
		return 0, &core.Error{Kind: core.Conflict, Subject: apiKeyKind, Err: errors.New("another instance has the API key")}
	case !errors.Is(err, core.ErrNotFound):
		return 0, err
	}
	_, err = tx.Record(core.RecordRef{Realm: in.Realm, Kind: apiKeyKind, ID: shown})
	if errors.Is(err, core.ErrNotFound) {
		return shown, nil
	}
	return 0, err
}

// IndexKey makes a stored API key of the instance known to requests.
func IndexKey(tx *core.Tx, instance, key string) error {
	in, err := findInstance(tx, instance)
	if err != nil {
		return err
	}
	if held, err := in.holds(tx, key); held || err != nil {
		return err
	}
	return indexKey(tx, in, key)
}

// ShownEndpointACL returns the document of an endpoint's list; nil for the list that every
// instance begins with.
func ShownEndpointACL(endpoint string, v wire.Value) *core.Document {
	a := readACL(v, endpointActions(), &problems{})
	if a == nil || a.json() == defaultEndpointACL(endpoint).json() {
		return nil
	}
	return core.NewDocument([]byte(a.json()))
}

// CompleteEndpointACL puts the store's numbers into an endpoint's list.
func CompleteEndpointACL(body *core.Document, n Numbers) (*core.Document, error) {
	a, err := core.Decoded(body, decodeNew[acl])
	if err != nil {
		return nil, err
	}
	a, err = n.acl(a)
	return document(a), err
}

func (n Numbers) acl(a *acl) (mapped *acl, err error) {
	mapped = &acl{All: a.All}
	if mapped.Users, err = mapGrants(a.Users, n.User); err == nil {
		mapped.Groups, err = mapGrants(a.Groups, n.Group)
	}
	return mapped, err
}

func mapGrants(grants map[string][]string, number func(int64) (int64, error)) (map[string][]string, error) {
	mapped := map[string][]string{}
	for id, words := range grants {
		n, err := number(parseID(id))
		if err != nil {
			return nil, err
		}
		if n != 0 {
			mapped[decimal(n)] = words
		}
	}
	return mapped, nil
}
