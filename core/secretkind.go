package core

// SecretKind says which texts of the records or groups of a kind are secrets. A store
// finds a secret key by its digest, and keeps secrets sealed: a copy of its files shows
// none. Handles of users are always kept so.
type SecretKind struct {
	// Kind is the kind of record or group, such as "syncano.api_key".
	Kind string
	// Key says that the key of a record is a secret. It must be long and random: its
	// digest can be computed by guessing.
	Key bool
	// Body says that the body of a record or group holds a secret.
	Body bool
}
