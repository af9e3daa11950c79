package upload

import (
	"encoding/json"
	"errors"
	"maps"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Kind is the kind of record of a file; its Key is the file's name. It belongs to
// the user whose profile the file was put in, and is removed with the user.
const Kind = "syncano.file"

// Ref names a file's record.
func Ref(realm core.Realm, name string) core.RecordRef {
	return core.RecordRef{Realm: realm, Kind: Kind, Key: name}
}

// body is the stored form of a file's record.
type body struct {
	Type string `json:"type"` // as the client said
	// Holders has the number of values that each holder points at the file with. Other
	// values with its name, which other dialects can write, do not count.
	Holders map[int64]int `json:"holders,omitempty"`
	// Uses is from earlier versions, which did not know the holders: all are the
	// owner's.
	Uses int `json:"uses,omitempty"`
}

// NewBody returns the stored form of the record of a file that one holder uses.
func NewBody(contentType string, holder int64, uses int) any {
	return body{Type: contentType, Holders: map[int64]int{holder: uses}}
}

// TypeOf returns the content type in the stored form of a record.
func TypeOf(text []byte) (string, error) {
	b, err := decodeBody(text)
	return b.Type, err
}

func decodeBody(text []byte) (b body, err error) {
	err = json.Unmarshal(text, &b)
	return b, err
}

func load(row *core.Record) (b body, err error) {
	b, err = core.Decoded(row.Body, decodeBody)
	if b.Holders = maps.Clone(b.Holders); b.Holders == nil {
		b.Holders = map[int64]int{}
	}
	if b.Uses > 0 {
		b.Holders[row.Owner], b.Uses = b.Uses, 0
	}
	return b, err
}

func save(tx *core.Tx, row *core.Record, b body) error {
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	row.Body = core.NewDocument(text)
	return tx.SaveRecord(row)
}

// ContentType returns a file's content type, as the client who uploaded it said.
// It fails with core.ErrNotFound.
func ContentType(tx *core.Tx, realm core.Realm, name string) (string, error) {
	row, err := tx.Record(Ref(realm, name))
	if err != nil {
		return "", err
	}
	b, err := core.Decoded(row.Body, decodeBody)
	return b.Type, err
}

// Uses counts, inside a transaction, how many values point at files. A holder is the
// user in whose profile the value is, or 0 for all other objects.
type Uses struct {
	Tx    *core.Tx
	Realm core.Realm
	// Unused collects the files that nothing uses once the transaction is committed.
	Unused []string
}

// Add counts one more use of a file, which is new if uploaded is not nil and then
// belongs to the holder. It fails with core.ErrNotFound for any other file that does
// not exist.
func (u *Uses) Add(name string, uploaded *wire.File, holder int64) error {
	row, err := u.Tx.Record(Ref(u.Realm, name))
	if errors.Is(err, core.ErrNotFound) && uploaded != nil {
		row = &core.Record{Realm: u.Realm, Kind: Kind, Key: name, Owner: holder}
		return save(u.Tx, row, body{Type: uploaded.ContentType, Holders: map[int64]int{holder: 1}})
	}
	if err != nil {
		return err
	}
	b, err := load(row)
	if err != nil {
		return err
	}
	b.Holders[holder]++
	return save(u.Tx, row, b)
}

// GiveNew gives a file that a new user brought to that user, whose id was not known
// when the use was added for holder 0.
func (u *Uses) GiveNew(name string, user int64) error {
	row, err := u.Tx.Record(Ref(u.Realm, name))
	if err != nil {
		return err
	}
	b, err := load(row)
	if err != nil {
		return err
	}
	if b.Holders[0]--; b.Holders[0] <= 0 {
		delete(b.Holders, 0)
	}
	b.Holders[user]++
	if row.Owner == 0 && len(b.Holders) == 1 {
		row.Owner = user
	}
	return save(u.Tx, row, b)
}

// Release counts one use less of a file. What is not the name of a file that the
// holder uses is ignored.
func (u *Uses) Release(name string, holder int64) error {
	if !IsName(name) {
		return nil
	}
	row, err := u.Tx.Record(Ref(u.Realm, name))
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	b, err := load(row)
	if err != nil || b.Holders[holder] == 0 {
		return err
	}
	if b.Holders[holder]--; b.Holders[holder] == 0 {
		delete(b.Holders, holder)
	}
	if len(b.Holders) > 0 {
		return save(u.Tx, row, b)
	}
	u.Unused = append(u.Unused, name)
	return u.Tx.RemoveRecord(row)
}

// OwnedBy lists the files that are removed with a user.
func OwnedBy(tx *core.Tx, realm core.Realm, user int64) (names []string, err error) {
	rows, err := tx.Records(core.RecordQuery{Realm: realm, Kind: Kind, Owners: []int64{user}})
	for _, row := range rows {
		names = append(names, row.Key)
	}
	return names, err
}
