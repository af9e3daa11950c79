package main

import (
	"fmt"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
)

// fillStore adds users with a password hash that only imports have.
func fillStore(t testing.TB, dsn string, users int) {
	t.Helper()
	s, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	dir := core.New(core.Config{Store: s})
	const batch = 25_000
	for first := 0; first < users; first += batch {
		err := dir.Update(t.Context(), core.Operator(), func(tx *core.Tx) error {
			for i := first; i < min(first+batch, users); i++ {
				u := &core.User{
					Realm: core.MainRealm, Username: fmt.Sprintf("filled%07d", i), Email: fmt.Sprintf("filled%07d@example.com", i), Enabled: true,
					Password: "pbkdf2_sha256$1000$salt$GSDz4QsAQEVaRSLHMxnhFWpdmjrmXIQGJFRV5kVAMYg=",
				}
				if err := tx.AddUser(u); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
