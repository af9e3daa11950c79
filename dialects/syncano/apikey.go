package syncano

import (
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
	entry, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: keyIndexKind, Key: key})
	if err != nil {
		return nil, err
	}
	index, err := core.Decoded(entry.Body, decodeJSON[keyIndex])
	if err != nil {
		return nil, err
	}
	row, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: instanceKind, ID: index.Instance})
	if err != nil {
		return nil, err
	}
	return decodeInstance(row)
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
