package archive_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
)

// generator makes values that a store can hold.
type generator struct{ *rapid.T }

// text never has the byte 0, which PostgreSQL does not take.
func (d generator) text() string {
	return strings.ReplaceAll(rapid.StringN(0, 12, 40).Draw(d.T, "text"), "\x00", "")
}

func (d generator) time() time.Time {
	if rapid.Bool().Draw(d.T, "no time") {
		return time.Time{}
	}
	return time.UnixMicro(rapid.Int64Range(0, 1<<51).Draw(d.T, "time")).UTC()
}

func (d generator) document() *core.Document {
	switch rapid.IntRange(0, 3).Draw(d.T, "document") {
	case 0:
		return nil
	case 1:
		return core.NewDocument(rapid.SliceOfN(rapid.Byte(), 1, 9).Draw(d.T, "bytes"))
	}
	return core.NewDocument([]byte(d.json()))
}

// json is a value, perhaps with blanks.
func (d generator) json() string {
	text, _ := json.Marshal(map[string]any{d.text(): []any{d.text(), rapid.Float64Range(-1e9, 1e9).Draw(d.T, "number"), nil}})
	return rapid.SampledFrom([]string{"", " "}).Draw(d.T, "blank") + string(text)
}

func (d generator) user(id int64) *core.User {
	u := &core.User{
		Realm: "main", ID: id, Username: "u" + d.text(), Password: rapid.SampledFrom([]string{"", bcrypt}).Draw(d.T, "hash"),
		Name: core.Name{Formatted: d.text(), Given: d.text(), Family: d.text()}, Enabled: rapid.Bool().Draw(d.T, "enabled"),
		EnabledUntil: d.time(), CreatedAt: d.time(), UpdatedAt: d.time(), DeletedAt: d.time(), Revision: rapid.Int64Range(1, 9).Draw(d.T, "revision"),
	}
	for range rapid.IntRange(0, 3).Draw(d.T, "attributes") {
		u.Attributes.Set("a"+d.text(), d.json())
	}
	for _, kind := range []string{"k", "l"}[:rapid.IntRange(0, 2).Draw(d.T, "handles")] {
		u.Handles = append(u.Handles, core.Handle{Kind: kind, Value: "h" + d.text()})
	}
	if rapid.Bool().Draw(d.T, "facet") {
		u.Facets.Set("z", []byte(d.json()))
	}
	return u
}

// lines are users with groups and records, in an order in which they can be imported.
func (d generator) lines() (all lines) {
	add := func(l *archive.Line, err error) {
		if err != nil {
			d.Fatal(err)
		}
		all = append(all, l)
	}
	ids := rapid.SliceOfNDistinct(rapid.Int64Range(1, 1<<39), 1, 5, rapid.ID).Draw(d.T, "ids")
	add(archive.GroupLine(&core.Group{Realm: "main", Kind: "g", ID: ids[0], Key: "k" + d.text(), Name: d.text(), Body: d.document(), UpdatedAt: d.time()}))
	for _, id := range ids {
		add(archive.UserLine(d.user(id)))
	}
	for _, id := range ids {
		add(archive.MembershipLine(archive.Membership{Realm: "main", Kind: "g", ID: id, User: id, Group: ids[0]}))
		add(archive.RecordLine(&core.Record{Realm: "main", Kind: "r", ID: id, Owner: id, Body: d.document(), CreatedAt: d.time()}))
	}
	return all
}

// Whatever a store holds, its archive makes the same store elsewhere.
func TestRandomStoresGiveTheSameBytesAgain(t *testing.T) {
	users := 0 // some names are refused
	for seed := range 12 {
		all := rapid.Custom(func(rt *rapid.T) lines { return generator{rt}.lines() }).Example(seed)
		from, to := directory(t), directory(t)
		load(t, from, func() (archive.Source, error) { some := slices.Clone(all); return &some, nil }, archive.ImportOptions{})
		first := export(t, from, archive.ExportOptions{})
		users += strings.Count(first, `{"user"`)
		load(t, to, open(first), archive.ImportOptions{Batch: 2})
		if diff := cmp.Diff(body(first), body(export(t, to, archive.ExportOptions{}))); diff != "" {
			t.Errorf("seed %d: %s", seed, diff)
		}
	}
	if users < 12 {
		t.Errorf("%d users are too few", users)
	}
}
