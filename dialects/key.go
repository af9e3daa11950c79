package dialects

import "time"

// Key is a credential that clients hold, as an operator sees it: without its secret.
type Key struct {
	// ID names the key to its dialect. It is not a secret.
	ID string `json:"id"`
	// Dialect is the dialect's name.
	Dialect string `json:"dialect"`
	// Realm is the realm to which the key lets in, or where its owner is.
	Realm string `json:"realm"`
	// Owner is the user, instance or account that the key belongs to; "" for none.
	Owner string `json:"owner,omitempty"`
	// Name is what the operator or a client called it.
	Name string `json:"name,omitempty"`
	// Rights are the rights that the key has beyond its owner's, in the dialect's words.
	Rights []string `json:"rights"`
	// CreatedAt is zero if it is not known.
	CreatedAt time.Time `json:"created_at,omitzero"`
}

// KeyQuery selects keys to list.
type KeyQuery struct {
	// Owner keeps the keys of the user, instance, account or connection of this name,
	// as in [KeyRequest]; "" keeps all.
	Owner string
	// Limit is the most to return; 0 means no limit.
	Limit int
	// Any says that any keys will do, not the first ones: of very many they are found
	// sooner.
	Any bool
}

// KeyRequest is what an operator wants of a new key.
type KeyRequest struct {
	// Owner is the user, instance or connection that the key is for.
	Owner string
	// Realm is the realm of the owner.
	Realm string
	// Name is what to call the key, where the dialect's keys have names.
	Name string
	// Rights are words of the dialect; one that it does not know is an error.
	Rights []string
}

// KeyForm says what a dialect asks of an operator who makes a key.
type KeyForm struct {
	// Owner says what the owner of a key is.
	Owner string
	// Realm and Name say that a key has them.
	Realm, Name bool
	// Rights are all that a key can have.
	Rights []string
}

// NewKey is a key that was just made.
type NewKey struct {
	ID string `json:"id"`
	// Login is what a client sends with the secret, as its user name; "" for nothing.
	Login string `json:"login,omitempty"`
	// Secret is shown this once.
	Secret string `json:"secret"`
}
