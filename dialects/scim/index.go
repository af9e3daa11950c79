package scim

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// Values that are not unique, by which clients look users up, are in the keys of records
// that the users own. What a record finds may be out of date, so a filter is tested on
// each user found.
const (
	kindExternalID = "scim.external_id"
	kindEmail      = "scim.email"
)

// lookupKey identifies a value by which users or groups are found: records of the kind,
// whose keys begin with the value's digest. Keys have a limited length.
type lookupKey struct{ kind, digest string }

func newLookupKey(kind string, parts ...string) lookupKey {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return lookupKey{kind, hex.EncodeToString(h.Sum(nil)[:16])}
}

func (k lookupKey) compare(o lookupKey) int {
	return cmp.Or(strings.Compare(k.kind, o.kind), strings.Compare(k.digest, o.digest))
}

// key is that of the record of one user or group.
func (k lookupKey) key(of string) string { return k.digest + "/" + of }

// query selects the records of all who have the value.
func (k lookupKey) query(realm core.Realm) core.RecordQuery {
	return core.RecordQuery{Realm: realm, Kind: k.kind, KeyPrefix: k.key("")}
}

func externalIDKey(connection, id string) lookupKey {
	return newLookupKey(kindExternalID, connection, id)
}

func emailKey(address string) lookupKey { return newLookupKey(kindEmail, core.Fold(address)) }

// lookupKeys are those of the records that find a user with this facet. The core finds
// its own address.
func (f *facet) lookupKeys() (keys []lookupKey) {
	for _, m := range f.external.Members() {
		keys = append(keys, externalIDKey(m.Name, m.Value.Text()))
	}
	for _, item := range f.attrs[attrEmails].Items() {
		if address := schema.ValueOf(item); address != f.email {
			keys = append(keys, emailKey(address))
		}
	}
	slices.SortFunc(keys, lookupKey.compare)
	return slices.Compact(keys)
}

// index brings the user's records from the facet before to the one it has now.
func index(tx *core.Tx, u *core.User, before *facet) error {
	now, err := facetOf(u)
	if err != nil {
		return err
	}
	had, has := before.lookupKeys(), now.lookupKeys()
	for _, k := range had {
		if contains(has, k) {
			continue
		}
		r, err := tx.Record(indexRef(u, k))
		if err == nil {
			err = tx.RemoveRecord(r)
		}
		if err != nil && !errors.Is(err, core.ErrNotFound) {
			return err
		}
	}
	for _, k := range has {
		if !contains(had, k) {
			if err := addIndex(tx, u, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// contains reports whether sorted keys have k.
func contains(keys []lookupKey, k lookupKey) bool {
	_, found := slices.BinarySearchFunc(keys, k, lookupKey.compare)
	return found
}

// indexRef identifies the record of a user's value.
func indexRef(u *core.User, k lookupKey) core.RecordRef {
	return core.RecordRef{Realm: u.Realm, Kind: k.kind, Key: k.key(strconv.FormatInt(u.ID, 10))}
}

func addIndex(tx *core.Tx, u *core.User, k lookupKey) error {
	ref := indexRef(u, k)
	return tx.SaveRecord(&core.Record{Realm: ref.Realm, Kind: ref.Kind, Key: ref.Key, Owner: u.ID})
}

// Provision implements core.Provisioner: it makes the records that find a new user, one
// that an import brought included.
func (d *Dialect) Provision(tx *core.Tx, u *core.User) error {
	f, err := facetOf(u)
	if err != nil {
		return err
	}
	for _, k := range f.lookupKeys() {
		_, err := tx.Record(indexRef(u, k))
		if errors.Is(err, core.ErrNotFound) {
			err = addIndex(tx, u, k)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
