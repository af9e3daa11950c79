package core

import (
	"context"
	"unicode/utf8"
)

// MinAuthorityPassword is the least length, in characters, of a new password of a
// user with authority, whatever shorter ones the dialect allows. A user who only gets
// authority afterwards may have a shorter one: dialects' documented requests do so.
const MinAuthorityPassword = 8

// ChosenPassword is an encoded password that a client chose. The zero value is none.
type ChosenPassword struct {
	encoded string
	short   bool // for a user with authority
}

// IsZero reports whether p is none.
func (p ChosenPassword) IsZero() bool { return p.encoded == "" }

// ChoosePassword is HashPassword for [User.SetPassword].
func (d *Directory) ChoosePassword(ctx context.Context, plain string) (ChosenPassword, error) {
	encoded, err := d.HashPassword(ctx, plain)
	return ChosenPassword{encoded, utf8.RuneCountInString(plain) < MinAuthorityPassword}, err
}

// SetPassword makes p the user's password. Saving a user who holds authority fails
// with Invalid if p is too short for that.
func (u *User) SetPassword(p ChosenPassword) {
	u.Password, u.shortPassword = p.encoded, ""
	if p.short {
		u.shortPassword = p.encoded
	}
}

// checkChosenPassword fails if the user holds authority, and now gets a password that is
// too short for it. One that the user has already does not stop other changes.
func checkChosenPassword(tx *Tx, u, before *User) error {
	if u.Password == before.Password || u.Password != u.shortPassword || decidesNothing(tx) {
		return nil
	}
	held, err := tx.Authority(u)
	if err != nil || held.Empty() {
		return err
	}
	return invalidUser(Fault{Field: FieldPassword, Rule: TooShort, Limit: MinAuthorityPassword})
}
