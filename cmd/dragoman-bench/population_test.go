package main

import (
	"encoding/hex"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dragoman-gateway/dragoman/core"
)

func TestPopulation(t *testing.T) {
	const many = 20000
	c := population{seed: 7}
	t.Run("is the same for the same seed", func(t *testing.T) {
		for i := range uint64(100) {
			if diff := cmp.Diff(c.user(i, "x"), population{seed: 7}.user(i, "x"), cmpopts.IgnoreUnexported(core.User{})); diff != "" {
				t.Fatal(diff)
			}
		}
	})
	t.Run("is another one for another seed", func(t *testing.T) {
		for i := range uint64(100) {
			if a, b := c.user(i, ""), (population{seed: 8}).user(i, ""); a.UID == b.UID || a.Handles[0] == b.Handles[0] {
				t.Fatalf("user %d has the same ids with two seeds", i)
			}
		}
	})
	t.Run("shares no unique name", func(t *testing.T) {
		all := map[string]bool{}
		for i := range uint64(many) {
			u := c.user(i, "")
			for _, name := range []string{u.UID, u.Username, u.Email, u.Handles[0].Value} {
				if all[name] {
					t.Fatalf("%q is there twice", name)
				}
				all[name] = true
			}
		}
	})
	t.Run("has names of one length", func(t *testing.T) {
		for i := range uint64(many) {
			if name := c.appendUsername(nil, i); len(name) != usernameLen {
				t.Fatalf("%q has %d characters", name, len(name))
			}
		}
	})
}

func TestPopulationIDsHaveTheirForm(t *testing.T) {
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for i := range uint64(1000) {
		u := population{1}.user(i, "")
		if !uuid.MatchString(u.UID) {
			t.Fatalf("%q is no UUID of version 4", u.UID)
		}
		key, err := hex.DecodeString(u.Handles[0].Value)
		if err != nil || len(key) != 20 || key[19]%2 != 0 {
			t.Fatalf("%q is no user key", u.Handles[0].Value)
		}
	}
}
