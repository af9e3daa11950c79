package onapp

import (
	"crypto/sha256"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// dialectName is the dialect's name in facets, configuration and testdata.
const dialectName = "onapp"

// facetVersion is the version of the stored facet's form.
const facetVersion = 1

// facet is the data of a user that only OnApp has. The zero facet reads as the defaults, so that a
// user of another dialect needs none. Decoded facets are shared: change a clone.
type facet struct {
	facetValues
	HiddenInfoboxes []string     `json:"hidden_infoboxes,omitempty"`
	FailedFrom      []failedFrom `json:"failed_from,omitempty"`
	stored          wire.Value   // as it was read, with members that a newer program may have added
}

// facetValues is the part of a facet that can be compared.
type facetValues struct {
	Identifier string       `json:"identifier,omitempty"`
	Locale     string       `json:"locale,omitempty"`
	TimeZone   string       `json:"time_zone,omitempty"`
	Theme      string       `json:"system_theme,omitempty"`
	Avatar     string       `json:"avatar,omitempty"`
	Bucket     int64        `json:"bucket_id,omitempty"`     // 0 = the default one
	Group      int64        `json:"user_group_id,omitempty"` // one that does not exist; 0 = none
	YubiKey    optionalBool `json:"registered_yubikey,omitempty"`
	Gravatar   optionalBool `json:"use_gravatar,omitempty"`
	// YubiKeyText is the public part last given, for the versions that show text.
	YubiKeyText   string    `json:"yubikey_text,omitempty"`
	HideInfoboxes bool      `json:"hide_infoboxes,omitempty"`
	ActivatedAt   time.Time `json:"activated_at,omitzero"`     // zero = when the user was created
	Failed        int64     `json:"failed_attempts,omitempty"` // wrong passwords in a row, from all addresses
	LockedAt      time.Time `json:"locked_at,omitzero"`
	// UnlockDigest is the SHA-256 of the token that takes the lock away. No lock gets one here, since
	// the mail that carries it is not sent; locks that were moved in, or of an older version, have one.
	UnlockDigest string `json:"unlock_token_sha256,omitempty"`
	WhiteLists   int64  `json:"white_lists,omitempty"` // number of rows
	Paid         money  `json:"paid_micros,omitempty"` // sum of the payments
}

// storedFacet is the form in which a facet is stored.
type storedFacet struct {
	Version int `json:"v"`
	*facet
}

// plainToken is the member of such facets that holds the token itself. It is read, and not kept.
const plainToken = "unlock_token"

// facetNames are the members that encode writes from the fields. They never change.
var facetNames = jsonNames(reflect.TypeFor[storedFacet]())

func jsonNames(t reflect.Type) map[string]bool {
	names := map[string]bool{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			names[name] = true
		}
	}
	return names
}

// emptyFacet is shared by all users without a facet and must not be changed.
var emptyFacet = &facet{}

// facetOf returns the user's facet, shared.
func facetOf(u *core.User) (*facet, error) {
	doc := u.Facets.Get(dialectName)
	if doc == nil {
		return emptyFacet, nil
	}
	return core.Decoded(doc, decodeFacet)
}

func decodeFacet(text []byte) (*facet, error) {
	v, err := wire.ParseJSON(text, wire.Limits{})
	if err != nil {
		return nil, &core.Error{Op: "decode facet", Subject: dialectName, Err: err}
	}
	f := &facet{stored: v}
	if err := decodeStored(text, f); err != nil {
		return nil, err
	}
	if token, ok := v.Get(plainToken); ok && f.UnlockDigest == "" {
		f.UnlockDigest = keyDigest(token.Text())
	}
	return f, nil
}

// encode writes the fields, without those that have their default, and then the members that are
// not known.
func (f *facet) encode() []byte {
	text := encodeStored(storedFacet{facetVersion, f})
	for _, m := range f.stored.Members() {
		if !facetNames[m.Name] && m.Name != plainToken {
			text = append(text[:len(text)-1], ',')
			text = append(append(text, wire.String(m.Name).JSON()...), ':')
			text = append(append(text, m.Value.JSON()...), '}')
		}
	}
	return text
}

// clone returns a copy that may be changed.
func (f *facet) clone() *facet {
	c := *f
	c.FailedFrom = slices.Clone(f.FailedFrom)
	return &c
}

// storeIfChanged stores the facet with the user unless it equals the one it was cloned from, and
// reports whether it did.
func (f *facet) storeIfChanged(u *core.User, old *facet) bool {
	if f.facetValues == old.facetValues && slices.Equal(f.HiddenInfoboxes, old.HiddenInfoboxes) &&
		slices.Equal(f.FailedFrom, old.FailedFrom) {
		return false
	}
	u.Facets.Set(dialectName, f.encode())
	return true
}

// saveFacet changes the user's facet and saves the user if it changed, without moving updated_at.
func saveFacet(tx *core.Tx, u *core.User, change func(*facet)) error {
	old, err := facetOf(u)
	if err != nil {
		return err
	}
	f := old.clone()
	change(f)
	if !f.storeIfChanged(u, old) {
		return nil
	}
	return tx.SaveUserKeepingUpdatedAt(u)
}

const (
	identifierAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	// identifierLength is that of the identifiers of users, roles and groups.
	identifierLength = 14
)

// identifierOf returns the user's fixed identifier. A user of another dialect has none stored: it
// follows from the UID, which does not change either.
func identifierOf(u *core.User, f *facet) string {
	if f.Identifier != "" {
		return f.Identifier
	}
	sum := sha256.Sum256([]byte(dialectName + ":" + u.UID))
	var text [identifierLength]byte
	for i := range text {
		text[i] = identifierAlphabet[int(sum[i])%len(identifierAlphabet)]
	}
	return string(text[:])
}

// optionalBool is a boolean that may be unset.
type optionalBool uint8

const (
	unset optionalBool = iota
	isFalse
	isTrue
)

func optionalOf(b bool) optionalBool {
	if b {
		return isTrue
	}
	return isFalse
}

// MarshalJSON implements json.Marshaler. Unset is null.
func (b optionalBool) MarshalJSON() ([]byte, error) {
	return [...][]byte{[]byte("null"), []byte("false"), []byte("true")}[b], nil
}

// UnmarshalJSON implements json.Unmarshaler. Any other value reads as unset.
func (b *optionalBool) UnmarshalJSON(text []byte) error {
	var v bool
	if *b = unset; string(text) != "null" && json.Unmarshal(text, &v) == nil {
		*b = optionalOf(v)
	}
	return nil
}
