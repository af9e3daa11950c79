package scim

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// Values that are not unique, by which clients look users up, are in the kinds of
// records that the users own. What a record finds may be out of date, so a filter is
// tested on each user found.
const (
	kindExternalID = "scim.external_id/"
	kindEmail      = "scim.email/"
)

// hashKind returns a kind of record for a value. Kinds have a limited length.
func hashKind(prefix string, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return prefix + hex.EncodeToString(h.Sum(nil)[:16])
}

func externalIDKind(connection, id string) string {
	return hashKind(kindExternalID, connection, id)
}

func emailKind(address string) string { return hashKind(kindEmail, core.Fold(address)) }

// indexKinds are the kinds of the records that find a user with this facet. The
// core finds its own address.
func (f *facet) indexKinds() (kinds []string) {
	for _, m := range f.external.Members() {
		kinds = append(kinds, externalIDKind(m.Name, m.Value.Text()))
	}
	for _, item := range f.attrs[attrEmails].Items() {
		if address := schema.ValueOf(item); address != f.email {
			kinds = append(kinds, emailKind(address))
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// index brings the user's records from the facet before to the one it has now.
func index(tx *core.Tx, u *core.User, before *facet) error {
	now, err := facetOf(u)
	if err != nil {
		return err
	}
	had, has := before.indexKinds(), now.indexKinds()
	for _, kind := range had {
		if slices.Contains(has, kind) {
			continue
		}
		r, err := tx.Record(indexRef(u, kind))
		if err == nil {
			err = tx.RemoveRecord(r)
		}
		if err != nil && !errors.Is(err, core.ErrNotFound) {
			return err
		}
	}
	for _, kind := range has {
		if !slices.Contains(had, kind) {
			if err := addIndex(tx, u, kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// indexRef identifies the record of that kind of a user.
func indexRef(u *core.User, kind string) core.RecordRef {
	return core.RecordRef{Realm: u.Realm, Kind: kind, Key: strconv.FormatInt(u.ID, 10)}
}

func addIndex(tx *core.Tx, u *core.User, kind string) error {
	ref := indexRef(u, kind)
	return tx.SaveRecord(&core.Record{Realm: ref.Realm, Kind: kind, Key: ref.Key, Owner: u.ID})
}

// Provision implements core.Provisioner: it makes the records that find a new user, one
// that an import brought included.
func (d *Dialect) Provision(tx *core.Tx, u *core.User) error {
	f, err := facetOf(u)
	if err != nil {
		return err
	}
	for _, kind := range f.indexKinds() {
		_, err := tx.Record(indexRef(u, kind))
		if errors.Is(err, core.ErrNotFound) {
			err = addIndex(tx, u, kind)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
