package onapp

import (
	"bytes"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// encode writes what is known, and after it what was stored under names that are not. What has its default is left out.
func (f *facet) encode() []byte {
	e := facetEncoder{wire.NewEnc(wire.Compact())}
	defer e.Release()
	e.Obj()
	e.RawKey("v").Int(facetVersion)
	e.text("identifier", f.Identifier)
	e.text("locale", f.Locale)
	e.text("time_zone", f.TimeZone)
	e.text("system_theme", f.Theme)
	e.text("avatar", f.Avatar)
	e.number("bucket_id", f.Bucket)
	e.number("user_group_id", f.Group)
	e.flag("registered_yubikey", f.Yubikey)
	e.flag("use_gravatar", f.Gravatar)
	e.text("yubikey_text", f.YubikeyText)
	e.truth("hide_infoboxes", f.HideInfoboxes)
	e.texts("hidden_infoboxes", f.HiddenInfoboxes)
	e.moment("activated_at", f.ActivatedAt)
	e.number("failed_attempts", f.Failed)
	e.moment("locked_at", f.LockedAt)
	e.text("unlock_token", f.UnlockToken)
	e.number("white_lists", f.WhiteLists)
	e.number("paid_micros", int64(f.Paid))
	for _, m := range f.stored.Members() {
		if !facetNames[m.Name] {
			e.Key(m.Name).Value(m.Value)
		}
	}
	e.End()
	return bytes.Clone(e.Bytes())
}

// facetNames are the names that encode writes by itself. They never change.
var facetNames = map[string]bool{
	"v": true, "identifier": true, "locale": true, "time_zone": true, "system_theme": true, "avatar": true,
	"bucket_id": true, "user_group_id": true, "registered_yubikey": true, "use_gravatar": true, "yubikey_text": true,
	"hide_infoboxes": true, "hidden_infoboxes": true, "activated_at": true, "failed_attempts": true, "locked_at": true,
	"unlock_token": true, "white_lists": true, "paid_micros": true,
}

// facetEncoder leaves out what has its default.
type facetEncoder struct{ *wire.Enc }

func (e facetEncoder) text(name, s string) {
	if s != "" {
		e.RawKey(name).Str(s)
	}
}

func (e facetEncoder) number(name string, i int64) {
	if i != 0 {
		e.RawKey(name).Int(i)
	}
}

func (e facetEncoder) flag(name string, f flag) {
	if f != unsaid {
		e.RawKey(name).Bool(f == yes)
	}
}

func (e facetEncoder) truth(name string, b bool) {
	if b {
		e.RawKey(name).Bool(true)
	}
}

func (e facetEncoder) moment(name string, t time.Time) {
	if !t.IsZero() {
		e.RawKey(name).Time(t, wire.MicrosZ)
	}
}

func (e facetEncoder) texts(name string, texts []string) {
	if len(texts) == 0 {
		return
	}
	e.RawKey(name).Arr()
	for _, s := range texts {
		e.Str(s)
	}
	e.End()
}
