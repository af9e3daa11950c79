package onapp

import "github.com/dragoman-gateway/dragoman/core/passwd"

// ShippedAuthenticationKey is the public key with which a panel hashes passwords unless its
// installation has another.
// See REFERENCE.md, "Passwords in the database".
const ShippedAuthenticationKey = "476aede036db8e3341345e2dfb95c71caa2f2c5a"

// ImportedPassword joins the columns encrypted_password and password_salt of a panel with the
// installation's key into a text for core.User.Password. ok is false if no password can match it.
func (d *Dialect) ImportedPassword(encryptedPassword, passwordSalt string) (encoded string, ok bool) {
	encoded = passwd.EncodeOnApp(encryptedPassword, passwordSalt, d.cfg.AuthenticationKey)
	return encoded, passwd.Known(encoded)
}
