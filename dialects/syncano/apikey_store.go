package syncano

import (
	"errors"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
)

// Kinds of record: an API key in its instance's realm, whose Key is the key
// itself, and in accountsRealm where to find the instance of a key.
const (
	apiKeyKind   = "syncano.api_key"
	keyIndexKind = "syncano.api_key_index"
)

// apiKey is the stored form of an API key, all but the key itself.
type apiKey struct {
	Description        string `json:"description"`
	IgnoreACL          bool   `json:"ignore_acl"`
	AllowUserCreate    bool   `json:"allow_user_create"`
	AllowGroupCreate   bool   `json:"allow_group_create"`
	AllowAnonymousRead bool   `json:"allow_anonymous_read"`
}

// keyIndex is the stored form of an index entry.
type keyIndex struct {
	Instance int64 `json:"instance"` // the instance's record in accountsRealm
}

func decodeAPIKey(row *core.Record) (*apiKey, error) {
	return core.Decoded(row.Body, decodeNew[apiKey])
}

// findKeyAnywhere finds an API key when the path names no instance.
func findKeyAnywhere(tx *core.Tx, key string) (*core.Record, error) {
	in, err := instanceOfKey(tx, key)
	if err != nil {
		return nil, err
	}
	return tx.Record(core.RecordRef{Realm: in.Realm, Kind: apiKeyKind, Key: key})
}

// instanceOfKey finds the instance that an API key belongs to.
func instanceOfKey(tx *core.Tx, key string) (*instance, error) {
	index, err := indexOfKey(tx, key)
	if err != nil {
		return nil, err
	}
	row, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: instanceKind, ID: index.Instance})
	if err != nil {
		return nil, err
	}
	return decodeInstance(row)
}

func indexOfKey(tx *core.Tx, key string) (index keyIndex, err error) {
	entry, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: keyIndexKind, Key: key})
	if err != nil {
		return index, err
	}
	return core.Decoded(entry.Body, decodeJSON[keyIndex])
}

// holds tells whether the key is the instance's, and not that of another one
// which speaks for the same realm.
func (in *instance) holds(tx *core.Tx, key string) (bool, error) {
	index, err := indexOfKey(tx, key)
	if errors.Is(err, core.ErrNotFound) {
		return false, nil
	}
	return err == nil && index.Instance == in.row.ID, err
}

// findKeyOf finds an API key of the instance, by the key or by its id.
func findKeyOf(tx *core.Tx, in *instance, ref core.RecordRef) (*core.Record, error) {
	ref.Realm, ref.Kind = in.Realm, apiKeyKind
	row, err := tx.Record(ref)
	if err != nil {
		return nil, err
	}
	ours, err := in.holds(tx, row.Key)
	if err == nil && !ours {
		err = core.ErrNotFound
	}
	return row, err
}

// keysOf lists the API keys of the instance.
func keysOf(tx *core.Tx, in *instance) ([]*core.Record, error) {
	rows, err := tx.Records(core.RecordQuery{Realm: in.Realm, Kind: apiKeyKind})
	if err != nil {
		return nil, err
	}
	own := make([]*core.Record, 0, len(rows))
	for _, row := range rows {
		ours, err := in.holds(tx, row.Key)
		if err != nil {
			return nil, err
		}
		if ours {
			own = append(own, row)
		}
	}
	return own, nil
}

// addKey stores a new API key with its index entry.
func addKey(tx *core.Tx, in *instance, key string, body apiKey) (*core.Record, error) {
	if err := indexKey(tx, in, key); err != nil {
		return nil, err
	}
	row := &core.Record{Realm: in.Realm, Kind: apiKeyKind, Key: key, Body: document(body)}
	return row, tx.SaveRecord(row)
}

// indexKey makes the key known where no instance is named.
func indexKey(tx *core.Tx, in *instance, key string) error {
	return tx.SaveRecord(&core.Record{Realm: accountsRealm, Kind: keyIndexKind, Key: key, Body: document(keyIndex{in.row.ID})})
}

// removeKeyIndex makes the key unknown outside of its instance.
func removeKeyIndex(tx *core.Tx, key string) error {
	entry, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: keyIndexKind, Key: key})
	if err != nil {
		return err
	}
	return tx.RemoveRecord(entry)
}

// hexDigits is the alphabet of all keys; the last digit says whose it is.
const (
	hexDigits  = "0123456789abcdef"
	evenDigits = "02468ace"
	oddDigits  = "13579bdf"
)

// newAPIKey makes a random API key of an instance.
func newAPIKey(dir *core.Directory) string {
	return dir.NewKey(hexDigits, keyLength-1) + dir.NewKey(oddDigits, 1)
}

// newEvenKey makes a random account key or user key.
func newEvenKey(dir *core.Directory) string {
	return dir.NewKey(hexDigits, keyLength-1) + dir.NewKey(evenDigits, 1)
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
