package core

import "strings"

// Realm is a set of users with unique names. A query never sees another realm.
//
// A name with a colon, such as "syncano:accounts", is reserved for data that only a
// dialect needs; no customer can create such a realm.
type Realm string

// MainRealm is the realm that the dialects share by default.
const MainRealm Realm = "main"

// Reserved reports whether the realm belongs to a dialect, not to a customer.
func (r Realm) Reserved() bool { return strings.Contains(string(r), ":") }

// Fold returns the form in which usernames and e-mail addresses are compared: lower
// case by the full mapping of Unicode, where İ has two letters, and with σ for ς.
// Python writes ς for a capital Σ at the end of a word and Ruby σ, so a name in
// either form is the same. Stores must not fold: they do it in different ways, and
// SQLite's lower() only knows ASCII. A change of Fold needs a migration of stores.
func Fold(s string) string {
	lower := strings.ToLower(strings.ReplaceAll(s, "İ", "i\u0307"))
	return strings.ReplaceAll(lower, "ς", "σ")
}
