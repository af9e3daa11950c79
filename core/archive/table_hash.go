package archive

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// Finish brings a user whose fields are all set, and which may have a salt, to the form
// of an archive.
func (o TableOptions) Finish(u *User) (err error) {
	salt := u.passwordSalt
	u.passwordSalt = ""
	switch known := passwd.Known(u.PasswordHash); {
	case u.PasswordHash == "" && salt == "":
	case strings.HasPrefix(u.PasswordHash, "{\""):
		u.PasswordHash, err = keycloakHash([]byte(u.PasswordHash))
	case o.Layout != nil && !known:
		u.PasswordHash, err = o.Layout.Encode(u.PasswordHash, salt, o.Pepper)
	case o.Firebase != nil && !known:
		u.PasswordHash = passwd.EncodeFirebase(u.PasswordHash, salt, *o.Firebase)
	case o.Pepper != "" && passwd.Identify(u.PasswordHash) == passwd.Bcrypt:
		u.PasswordHash = passwd.EncodePeppered(u.PasswordHash, o.Pepper)
	case salt != "":
		u.PasswordHash = passwd.EncodeOnApp(u.PasswordHash, salt, orText(o.AuthenticationKey, passwd.OnAppShippedKey))
	}
	return err
}

// errKeycloak says that a password_hash in JSON is not a credential of Keycloak.
var errKeycloak = errors.New("a password_hash in JSON is a credential of Keycloak: secretData with value and salt, credentialData with hashIterations and algorithm pbkdf2, pbkdf2-sha256 or pbkdf2-sha512")

// keycloakHash encodes a credential as a realm export has it: two texts of JSON. Its
// database has them in two columns.
func keycloakHash(text []byte) (string, error) {
	var outer struct{ SecretData, CredentialData json.RawMessage }
	var secret struct{ Value, Salt []byte }
	var how struct {
		HashIterations int
		Algorithm      string
	}
	err := errors.Join(json.Unmarshal(text, &outer), unmarshalText(outer.SecretData, &secret), unmarshalText(outer.CredentialData, &how))
	scheme := map[string]passwd.Scheme{
		"pbkdf2": passwd.PBKDF2SHA1, "pbkdf2-sha256": passwd.PBKDF2SHA256, "pbkdf2-sha512": passwd.PBKDF2SHA512,
	}[how.Algorithm]
	if err != nil || scheme == passwd.Unknown {
		return "", errKeycloak
	}
	return passwd.EncodePBKDF2(scheme, how.HashIterations, secret.Salt, secret.Value), nil
}

// unmarshalText decodes JSON, or JSON in a text.
func unmarshalText(raw json.RawMessage, v any) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = json.RawMessage(text)
	}
	return json.Unmarshal(raw, v)
}
