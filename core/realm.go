package core

import "strings"

// A Realm is a population of users with unique names. No query crosses it: what
// one realm holds, no request made for another can see or find.
//
// A name with a colon is reserved for a dialect's own furniture, such as
// "syncano:accounts"; no customer can make such a realm.
type Realm string

// MainRealm is where the dialects meet unless configuration says otherwise.
const MainRealm Realm = "main"

// Reserved tells whether the realm is a dialect's own, not a customer's.
func (r Realm) Reserved() bool { return strings.Contains(string(r), ":") }

// Fold returns the form in which usernames and e-mail addresses are compared.
// It is the same in every store, because stores fold differently (SQLite's
// lower() knows ASCII only) and must not be asked to.
func Fold(s string) string { return strings.ToLower(s) }
