package sqldb

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// userColumns are what scanUser reads, in its order.
const userColumns = `id, uid, username, email, formatted, given, family, password, enabled, enabled_until,
	created_at, updated_at, password_changed_at, deleted_at, revision, attributes, handles, facets`

// scanUser reads a row of userColumns.
func scanUser(r Row, realm core.Realm) (*core.User, error) {
	u := &core.User{
		ID: id(r.Int(0)), UID: r.Text(1), Realm: realm,
		Username: r.Text(2), Email: r.Text(3),
		Name:     core.Name{Formatted: r.Text(4), Given: r.Text(5), Family: r.Text(6)},
		Password: r.Text(7), Enabled: r.Int(8) != 0,
		EnabledUntil: timeAt(r, 9), CreatedAt: timeAt(r, 10), UpdatedAt: timeAt(r, 11),
		PasswordChangedAt: timeAt(r, 12), DeletedAt: timeAt(r, 13), Revision: r.Int(14),
	}
	var err [3]error
	u.Attributes, err[0] = decodeAttributes(r.Text(15))
	u.Handles, err[1] = decodeHandles(r.Text(16))
	u.Facets, err[2] = decodeFacets(r.Bytes(17))
	for _, e := range err {
		if e != nil {
			return nil, e
		}
	}
	return u, nil
}

// userKeys are the forms in which users are found, told apart and sorted.
type userKeys struct{ username, email string }

func keysOf(u *core.User, row int64) userKeys {
	return userKeys{core.Fold(u.Username), emailKey(u.Email, row)}
}

// emailKey is unique: that of a user without an address ends in the row's number.
func emailKey(email string, row int64) string {
	if email != "" {
		return core.Fold(email)
	}
	const hex = "0123456789abcdef"
	key := [16]byte{}
	for i := range key {
		key[i] = hex[row>>(60-4*i)&15]
	}
	return noEmail + string(key[:])
}

// uidKey is the folded UID if that differs, else NULL.
func uidKey(uid string) any {
	if folded := core.Fold(uid); folded != uid {
		return folded
	}
	return nil
}

// nameKey is what a name is searched and sorted by; NULL if there is none. No
// search finds a text that starts in one part and ends in another.
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

// nameSeparator stands between the parts of a name in its key.
const nameSeparator = "\x1f"

// userValues are the values of the columns that insertUser and updateUser set,
// but for the keys.
func userValues(u *core.User) ([]any, error) {
	attributes, err := encodeAttributes(u.Attributes)
	if err != nil {
		return nil, err
	}
	facets, err := encodeFacets(u.Facets)
	if err != nil {
		return nil, err
	}
	return []any{
		u.Revision, flag(u.Enabled), micros(u.DeletedAt), micros(u.EnabledUntil),
		micros(u.CreatedAt), micros(u.UpdatedAt), micros(u.PasswordChangedAt),
		u.Username, u.Email, u.Name.Formatted, u.Name.Given, u.Name.Family, nameKey(u.Name),
		u.Password, encodeHandles(u.Handles), attributes, facets,
	}, nil
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

const (
	insertUser = `insert into users (revision, enabled, deleted_at, enabled_until,
		created_at, updated_at, password_changed_at,
		username, email, formatted, given, family, name_key,
		password, handles, attributes, facets, id, realm, uid, uid_key, username_key, email_key)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	updateUserSet = `update users set revision = ?, enabled = ?, deleted_at = ?, enabled_until = ?,
		created_at = ?, updated_at = ?, password_changed_at = ?,
		username = ?, email = ?, formatted = ?, given = ?, family = ?, name_key = ?,
		password = ?, handles = ?, attributes = ?, facets = ?`

	updateUser = updateUserSet + ` where id = ?`
	// updateUserKeys also sets what is indexed, which costs three indexes.
	updateUserKeys = updateUserSet + `, uid = ?, uid_key = ?, username_key = ?, email_key = ? where id = ?`
)

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
