package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// Line is one line of an archive. Exactly one of its members is set.
type Line struct {
	Archive    *Header     `json:"archive,omitempty"`
	Realm      *Realm      `json:"realm,omitempty"`
	Group      *Group      `json:"group,omitempty"`
	User       *User       `json:"user,omitempty"`
	Membership *Membership `json:"membership,omitempty"`
	Record     *Record     `json:"record,omitempty"`
	File       *File       `json:"file,omitempty"`
	End        *End        `json:"end,omitempty"`

	// source is the row in the source's own form.
	source []byte
}

// count returns how many members are set.
func (l *Line) count() (n int) {
	for _, set := range []bool{l.Archive != nil, l.Realm != nil, l.Group != nil, l.User != nil,
		l.Membership != nil, l.Record != nil, l.File != nil, l.End != nil} {
		if set {
			n++
		}
	}
	return n
}

// Header is the first line. Only its time differs between two archives of an
// unchanged store.
type Header struct {
	Version int          `json:"version"`
	By      string       `json:"by,omitempty"`
	At      time.Time    `json:"at,omitzero"`
	Realms  []core.Realm `json:"realms,omitempty"`
}

// Realm is a realm with the next number of each of its counters; see
// [core.Counter] for their names.
type Realm struct {
	Name     core.Realm       `json:"name"`
	Counters map[string]int64 `json:"counters,omitempty"`
}

// Group is a group; see [core.Group].
type Group struct {
	Realm  core.Realm `json:"realm,omitempty"`
	Kind   string     `json:"kind"`
	ID     int64      `json:"id,omitempty"`
	UID    string     `json:"uid,omitempty"`
	Key    string     `json:"key,omitempty"`
	Parent int64      `json:"parent,omitempty"`
	// ParentUID names the parent in lines of a live source.
	ParentUID string    `json:"parent_uid,omitempty"`
	Name      string    `json:"name,omitempty"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	Document
}

// User is a user; see [core.User].
type User struct {
	Realm      core.Realm `json:"realm,omitempty"`
	ID         int64      `json:"id,omitempty"`
	UID        string     `json:"uid,omitempty"`
	Username   string     `json:"username"`
	Email      string     `json:"email,omitempty"`
	Name       string     `json:"name,omitempty"`
	GivenName  string     `json:"given_name,omitempty"`
	FamilyName string     `json:"family_name,omitempty"`
	// PasswordHash is a hash that core/passwd knows; without one the user cannot log in.
	PasswordHash string `json:"password_hash,omitempty"`
	// Enabled is true if it is absent.
	Enabled           *bool      `json:"enabled,omitempty"`
	EnabledUntil      time.Time  `json:"enabled_until,omitzero"`
	CreatedAt         time.Time  `json:"created_at,omitzero"`
	UpdatedAt         time.Time  `json:"updated_at,omitzero"`
	PasswordChangedAt time.Time  `json:"password_changed_at,omitzero"`
	DeletedAt         time.Time  `json:"deleted_at,omitzero"`
	Revision          int64      `json:"revision,omitempty"`
	Attributes        attributes `json:"attributes,omitzero"`
	Handles           []Handle   `json:"handles,omitempty"`
	Facets            []Facet    `json:"facets,omitempty"`
	// Groups are memberships by the kind of group: keys, UIDs or names of groups
	// that exist. Archives have lines for memberships instead.
	Groups map[string][]string `json:"groups,omitempty"`
	// Origin is set in lines of a live source.
	Origin *Origin `json:"origin,omitempty"`

	passwordSalt string // of a table
}

// Handle is a further text that finds a user; see [core.Handle].
type Handle struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// Facet is a dialect's private data of a user; see [core.Facet].
type Facet struct {
	Dialect string `json:"dialect"`
	Document
}

// Membership is a membership; see [core.Membership]. A source that knows no numbers
// has UIDs instead.
type Membership struct {
	Realm    core.Realm `json:"realm,omitempty"`
	Kind     string     `json:"kind"`
	ID       int64      `json:"id,omitempty"`
	User     int64      `json:"user,omitempty"`
	Group    int64      `json:"group,omitempty"`
	UserUID  string     `json:"user_uid,omitempty"`
	GroupUID string     `json:"group_uid,omitempty"`
}

// Record is a record; see [core.Record].
type Record struct {
	Realm core.Realm `json:"realm,omitempty"`
	Kind  string     `json:"kind"`
	ID    int64      `json:"id,omitempty"`
	Key   string     `json:"key,omitempty"`
	Owner int64      `json:"owner,omitempty"`
	// OwnerUID names the owner in lines of a live source.
	OwnerUID  string    `json:"owner_uid,omitempty"`
	Revision  int64     `json:"revision,omitempty"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	Document
}

// Counts are how many lines of each sort an archive has, and how many files.
type Counts struct {
	Realms      int `json:"realms"`
	Groups      int `json:"groups"`
	Users       int `json:"users"`
	Memberships int `json:"memberships"`
	Records     int `json:"records"`
	Files       int `json:"files,omitempty"`
}

// End is the last line.
type End struct {
	Counts
	// SHA256 is the checksum, in hexadecimal, of all bytes between the first line and
	// this one.
	SHA256 string `json:"sha256"`
}

// Document is a dialect's document: as JSON if that gives the same bytes again,
// else as text or, if it is not UTF-8, in base 64. At most one is set; without any
// there is no document.
type Document struct {
	Body json.RawMessage `json:"body,omitempty"`
	Text string          `json:"text,omitempty"`
	Data []byte          `json:"data,omitempty"`
}

func documentOf(d *core.Document) Document {
	text := d.Text()
	switch {
	case len(text) == 0:
		return Document{}
	case compact(text):
		return Document{Body: text}
	case isText(text):
		return Document{Text: string(text)}
	}
	return Document{Data: text}
}

func (d Document) core() *core.Document {
	switch {
	case d.Body != nil:
		return core.NewDocument(bytes.Clone(d.Body))
	case d.Text != "":
		return core.NewDocument([]byte(d.Text))
	case d.Data != nil:
		return core.NewDocument(d.Data)
	}
	return nil
}

// isText reports whether a JSON string can hold the text unchanged.
func isText(text []byte) bool { return bytes.Equal(bytes.ToValidUTF8(text, nil), text) }

// compact reports whether text is JSON that an encoder writes back byte for byte.
func compact(text []byte) bool {
	if !isText(text) {
		return false
	}
	var b bytes.Buffer
	return json.Compact(&b, text) == nil && bytes.Equal(b.Bytes(), text)
}

// attributes are written as an object, in their order, if all their values keep
// their bytes that way, and else as a list of names and texts.
type attributes core.Attributes

type attributeText struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// IsZero keeps an empty object out of a line.
func (as attributes) IsZero() bool { return len(as) == 0 }

// MarshalJSON implements json.Marshaler.
func (as attributes) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, a := range as {
		if !compact([]byte(a.Value)) {
			return as.list()
		}
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(a.Name)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.WriteString(a.Value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func (as attributes) list() ([]byte, error) {
	list := make([]attributeText, len(as))
	for i, a := range as {
		list[i] = attributeText(struct{ Name, Text string }{a.Name, a.Value})
	}
	return json.Marshal(list)
}

var errAttributes = errors.New("attributes are an object, or a list of objects with name and text")

// UnmarshalJSON implements json.Unmarshaler.
func (as *attributes) UnmarshalJSON(text []byte) error {
	*as = nil
	if bytes.HasPrefix(text, []byte("[")) {
		return as.unmarshalList(text)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errAttributes
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		(*core.Attributes)(as).Set(name.(string), string(value))
	}
	return nil
}

func (as *attributes) unmarshalList(text []byte) error {
	var list []attributeText
	if err := json.Unmarshal(text, &list); err != nil {
		return errAttributes
	}
	for _, a := range list {
		if !json.Valid([]byte(a.Text)) {
			return errAttributes
		}
		(*core.Attributes)(as).Set(a.Name, a.Text)
	}
	return nil
}
