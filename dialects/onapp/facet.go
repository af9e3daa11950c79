package onapp

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// dialectName is the dialect's word in facets, configuration and testdata.
const dialectName = "onapp"

// facetVersion is the form of the stored facet, for a later program that changes it.
const facetVersion = 1

// facet is what OnApp alone knows of a user. The zero facet reads as the defaults, so that a user who came in
// through another dialect needs none. Decoded facets are shared: change a clone.
type facet struct {
	known
	HiddenInfoboxes []string
	stored          wire.Value // as it was read, with whatever a newer program put there
}

// known is the part of a facet that can be compared.
type known struct {
	Identifier        string
	Locale, TimeZone  string
	Theme, Avatar     string
	Bucket            int64 // 0 = the default one
	Group             int64 // a user group that is not there, as it was given; 0 = none
	Yubikey, Gravatar flag
	YubikeyText       string // the public part last given where versions want it as text
	HideInfoboxes     bool
	ActivatedAt       time.Time // zero = when the user was created
	Failed            int64     // wrong passwords in a row
	LockedAt          time.Time
	UnlockToken       string
	WhiteLists        int64 // rows of the white list, so that most logins need not look
	Paid              money // sum of the payments
}

// flag is a boolean that may not have been said.
type flag uint8

const (
	unsaid flag = iota
	no
	yes
)

func flagOf(b bool) flag {
	if b {
		return yes
	}
	return no
}

// facetOf returns the user's facet, shared.
func (d *Dialect) facetOf(u *core.User) (*facet, error) {
	doc := u.Facets.Get(dialectName)
	if doc == nil {
		return d.noFacet, nil
	}
	return core.Decoded(doc, decodeFacet)
}

// clone returns a copy that may be changed.
func (f *facet) clone() *facet {
	c := *f
	return &c
}

// put stores the facet with the user, unless it still says what it said before it was cloned.
func (f *facet) put(u *core.User, was *facet) {
	if f.known != was.known || !slices.Equal(f.HiddenInfoboxes, was.HiddenInfoboxes) {
		u.Facets.Set(dialectName, f.encode())
	}
}

func decodeFacet(text []byte) (*facet, error) {
	v, err := wire.ParseJSON(text, wire.Limits{})
	if err != nil {
		return nil, &core.Error{Op: "decode facet", Subject: dialectName, Err: err}
	}
	return &facet{stored: v, HiddenInfoboxes: textsAt(v, "hidden_infoboxes"), known: known{
		Identifier: textAt(v, "identifier"), Locale: textAt(v, "locale"), TimeZone: textAt(v, "time_zone"),
		Theme: textAt(v, "system_theme"), Avatar: textAt(v, "avatar"),
		Bucket: intAt(v, "bucket_id"), Group: intAt(v, "user_group_id"),
		Yubikey: flagAt(v, "registered_yubikey"), Gravatar: flagAt(v, "use_gravatar"),
		YubikeyText:   textAt(v, "yubikey_text"),
		HideInfoboxes: flagAt(v, "hide_infoboxes") == yes,
		ActivatedAt:   timeAt(v, "activated_at"),
		Failed:        intAt(v, "failed_attempts"), LockedAt: timeAt(v, "locked_at"), UnlockToken: textAt(v, "unlock_token"),
		WhiteLists: intAt(v, "white_lists"), Paid: money(intAt(v, "paid_micros")),
	}}, nil
}

const identifierAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

// identifierLength is that of the identifiers of users, roles and groups.
const identifierLength = 14

// identifierOf is the user's fixed text of 14 characters: its own, or for a user who came in through another
// dialect one that follows from the UID, which does not change either.
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
