package core

import (
	"context"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// Credential is what a client shows of who they are, to be proven at a vendor.
type Credential struct {
	// Dialect is that through which the client came.
	Dialect string
	Realm   Realm
	Kind    CredentialKind
	// Login is the user name, the address, or the id of a key; Secret the password or key.
	Login, Secret string
	// Scope is what the credential is for, if the dialect has such: an application's id, or
	// the API key that a user key comes with.
	Scope string
	// User is the stored user whose password or key is not known here; nil is an unknown one.
	User *User
}

// CredentialKind is the sort of a [Credential].
type CredentialKind uint8

// The sorts of credentials.
const (
	CredentialPassword CredentialKind = iota
	CredentialKey
)

// Adopter asks the vendor that users came from whether a credential is right which the
// directory cannot verify, and if so stores the user, with the credential as it is.
type Adopter interface {
	// Adopt reports whether anything was stored, so that the login is to be looked up
	// again. It takes a bounded time. [passwd.ClientOf] tells clients apart.
	Adopt(ctx context.Context, c Credential) bool
}

// SetAdopter makes logins that cannot be verified here ask a. It must be called before the
// directory is in use by several goroutines.
func (d *Directory) SetAdopter(a Adopter) { d.adopter = a }

// Adopt asks the vendor about a login that fails here for want of a user, a password or a
// key, and reports whether the caller is to look it up again. Without an [Adopter], and for
// an attempt that is withheld, it does nothing. Users whose password is here never wait for
// the vendor: their password counts, whatever the vendor thinks.
func (d *Directory) Adopt(ctx context.Context, a Attempt, c Credential) bool {
	known := c.Kind == CredentialPassword && c.User != nil && c.User.Password != ""
	if d.adopter == nil || known || c.Login == "" || c.Secret == "" || d.Withheld(a) {
		return false
	}
	return d.adopter.Adopt(passwd.WithClient(ctx, a.From()), c)
}

// AdoptPassword stores the hash of the password that a user without one here has at the
// vendor. The user's password stays the same, so the user's sessions stay valid.
func AdoptPassword(tx *Tx, u *User, hash string) error {
	if err := operatorOnly(tx); err != nil {
		return err
	}
	u.Password, tx.keepsSessions = hash, true
	defer func() { tx.keepsSessions = false }()
	return tx.SaveUserKeepingUpdatedAt(u)
}

// Confers reports whether membership of the stored group confers authority.
func Confers(tx *Tx, ref GroupRef) (bool, error) {
	a, err := groupAuthority(tx, ref)
	return !a.Empty(), err
}

// RecordConfers reports whether the record, as it is given, confers authority.
func RecordConfers(tx *Tx, r *Record) (bool, error) {
	a, err := recordAuthority(tx, r)
	return !a.Empty(), err
}
