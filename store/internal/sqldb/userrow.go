package sqldb

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// userColumn is a column of the table of users.
type userColumn struct {
	name  string
	use   columnUse
	value func(*userWrite) any
	// scan reads the column; nil if it is derived from others.
	scan func(u *core.User, r Row, i int) error
}

// columnUse says when a column is written.
type columnUse uint8

const (
	onEveryPut columnUse = iota
	onRename             // and on insert: columns in an index, of which there are three
	onInsert
)

// userWrite is a user that is to be written, with its documents encoded.
type userWrite struct {
	*userEntry
	attributes string
	facets     []byte
	secrets    any // see secrets.sealHandles
}

// userColumns are all columns. The statements that select, insert and update users
// follow from them.
var userColumns = []userColumn{
	{"id", onInsert, func(w *userWrite) any { return w.row }, func(u *core.User, r Row, i int) error {
		u.ID = id(r.Int(i))
		return nil
	}},
	{"realm", onInsert, func(w *userWrite) any { return int64(scopeOf(w.row)) }, nil},
	{"revision", onEveryPut, func(w *userWrite) any { return w.user.Revision }, func(u *core.User, r Row, i int) error {
		u.Revision = r.Int(i)
		return nil
	}},
	{"enabled", onEveryPut, func(w *userWrite) any { return flag(w.user.Enabled) }, func(u *core.User, r Row, i int) error {
		u.Enabled = r.Int(i) != 0
		return nil
	}},
	timeColumn("deleted_at", func(u *core.User) *time.Time { return &u.DeletedAt }),
	timeColumn("enabled_until", func(u *core.User) *time.Time { return &u.EnabledUntil }),
	timeColumn("created_at", func(u *core.User) *time.Time { return &u.CreatedAt }),
	timeColumn("updated_at", func(u *core.User) *time.Time { return &u.UpdatedAt }),
	timeColumn("password_changed_at", func(u *core.User) *time.Time { return &u.PasswordChangedAt }),
	textColumn("uid", onRename, func(u *core.User) *string { return &u.UID }),
	{"uid_key", onRename, func(w *userWrite) any { return uidKey(w.user.UID) }, nil},
	textColumn("username", onEveryPut, func(u *core.User) *string { return &u.Username }),
	{"username_key", onRename, func(w *userWrite) any { return w.keys.username }, nil},
	textColumn("email", onEveryPut, func(u *core.User) *string { return &u.Email }),
	{"email_key", onRename, func(w *userWrite) any { return w.keys.email }, nil},
	textColumn("formatted", onEveryPut, func(u *core.User) *string { return &u.Name.Formatted }),
	textColumn("given", onEveryPut, func(u *core.User) *string { return &u.Name.Given }),
	textColumn("family", onEveryPut, func(u *core.User) *string { return &u.Name.Family }),
	{"name_key", onEveryPut, func(w *userWrite) any { return nameKey(w.user.Name) }, nil},
	textColumn("password", onEveryPut, func(u *core.User) *string { return &u.Password }),
	{"unsealed", onInsert, func(*userWrite) any { return "" }, nil},
	{"attributes", onEveryPut, func(w *userWrite) any { return w.attributes }, func(u *core.User, r Row, i int) (err error) {
		u.Attributes, err = decodeAttributes(r.Text(i))
		return err
	}},
	{"facets", onEveryPut, func(w *userWrite) any { return w.facets }, func(u *core.User, r Row, i int) (err error) {
		u.Facets, err = decodeFacets(r.Bytes(i))
		return err
	}},
	// The last one: scanUser opens it, which needs the keys.
	{"secrets", onEveryPut, func(w *userWrite) any { return w.secrets }, func(*core.User, Row, int) error { return nil }},
}

func textColumn(name string, use columnUse, field func(*core.User) *string) userColumn {
	return userColumn{name, use, func(w *userWrite) any { return *field(w.user) }, func(u *core.User, r Row, i int) error {
		*field(u) = r.Text(i)
		return nil
	}}
}

func timeColumn(name string, field func(*core.User) *time.Time) userColumn {
	return userColumn{name, onEveryPut, func(w *userWrite) any { return micros(*field(w.user)) }, func(u *core.User, r Row, i int) error {
		*field(u) = timeAt(r, i)
		return nil
	}}
}

// userScan are the columns that are read, in their order.
var userScan = slices.DeleteFunc(slices.Clone(userColumns), func(c userColumn) bool { return c.scan == nil })

// scanUser reads a row of userScan.
func scanUser(s *secrets, r Row, realm core.Realm) (_ *core.User, err error) {
	u := &core.User{Realm: realm}
	for i := range userScan {
		if err := userScan[i].scan(u, r, i); err != nil {
			return nil, err
		}
	}
	u.Handles, err = s.openHandles(r, len(userScan)-1)
	return u, err
}

// userWriter is a statement that writes a user, and the columns it sets.
type userWriter struct {
	sql     string
	columns []userColumn
}

var (
	insertUser = newUserWriter(onInsert, "insert into users (", ", ", ") values (?"+strings.Repeat(", ?", len(userColumns)-1)+")")
	renameUser = newUserWriter(onRename, "update users set ", " = ?, ", " = ? where id = ?")
	updateUser = newUserWriter(onEveryPut, "update users set ", " = ?, ", " = ? where id = ?")
)

func newUserWriter(use columnUse, before, between, after string) userWriter {
	columns := slices.DeleteFunc(slices.Clone(userColumns), func(c userColumn) bool { return c.use > use })
	return userWriter{before + columnNames(columns, between) + after, columns}
}

func columnNames(columns []userColumn, between string) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return strings.Join(names, between)
}

// values are the arguments of the statement, but for the id of an update.
func (s userWriter) values(w *userWrite) []any {
	values := make([]any, len(s.columns), len(s.columns)+1)
	for i, c := range s.columns {
		values[i] = c.value(w)
	}
	return values
}

// encodeUser refuses a user that not every engine could keep, and encodes its
// documents.
func encodeUser(u *core.User) (w userWrite, err error) {
	if err := checkUserTexts(u); err != nil {
		return w, err
	}
	if w.attributes, err = encodeAttributes(u.Attributes); err != nil {
		return w, err
	}
	w.facets, err = encodeFacets(u.Facets)
	return w, err
}

// userKeys are the forms by which users are found and sorted, and which are unique.
type userKeys struct{ username, email string }

func keysOf(u *core.User, row int64) userKeys {
	return userKeys{core.Fold(u.Username), emailKey(u.Email, row)}
}

// emailKey is unique: that of a user without an address ends in the row number.
func emailKey(email string, row int64) string {
	if email != "" {
		return core.Fold(email)
	}
	return fmt.Sprintf("%s%016x", noEmail, row)
}

// uidKey is the folded UID if that differs, else NULL.
func uidKey(uid string) any {
	if folded := core.Fold(uid); folded != uid {
		return folded
	}
	return nil
}

// nameKey is the form by which a name is searched and sorted; NULL if there is none.
// No search finds a text that starts in one part and ends in another.
func nameKey(n core.Name) any {
	if n == (core.Name{}) {
		return nil
	}
	parts := []string{n.Formatted, n.Given, n.Family}
	if n.Formatted == "" {
		parts = parts[1:]
	}
	return core.Fold(strings.Join(parts, nameSeparator))
}

// nameSeparator is between the parts of a name in its key.
const nameSeparator = "\x1f"

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// checkUserTexts refuses a user that not every engine could keep.
func checkUserTexts(u *core.User) error {
	texts := []checked{
		{core.FieldUID, u.UID}, {core.FieldUsername, u.Username}, {core.FieldEmail, u.Email},
		{core.FieldName, u.Name.Formatted}, {core.FieldName, u.Name.Given}, {core.FieldName, u.Name.Family},
		{core.FieldPassword, u.Password},
	}
	for _, h := range u.Handles {
		texts = append(texts, checked{core.FieldHandle, h.Kind}, checked{core.FieldHandle, h.Value})
	}
	if strings.HasPrefix(u.Email, noEmail) {
		return core.NewInvalid(core.Fault{Field: core.FieldEmail, Rule: core.Malformed})
	}
	return checkTexts(texts...)
}
