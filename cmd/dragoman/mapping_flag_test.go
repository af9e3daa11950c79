package main

import (
	"strings"
	"testing"
)

// An attribute that a flag maps to a field is that field, of imported users and of those
// that are there.
func TestFieldsAreMappedByFlags(t *testing.T) {
	db := dbIn(t)
	table := writeFile(t, "users.csv", "username,attributes.mail,attributes.first\nann,ann@example.com,Ann\nbob,no address,\n")
	imported := []string{"import", table, "--store", db, "--map", "mail=email"}
	for _, flags := range [][]string{{"--dry-run"}, nil} {
		code, _, said := runCommand(t, append(imported, flags...)...)
		if code != exitFailed || !strings.Contains(said, "line 3: bob: refused: email malformed") || !strings.Contains(said, "1 added") {
			t.Fatalf("%v: %d %s", flags, code, said)
		}
		if _, out, _ := runCommand(t, "mapping", "list", "--store", db); strings.Contains(out, "mail") == (flags != nil) {
			t.Errorf("%v: mapped %s", flags, out)
		}
	}
	for range 2 {
		start(t, "--store", db, "--map", "mail=email", "--map", "main:first=given_name").end(t)
	}
	_, out, _ := runCommand(t, "export", "--store", db)
	if !strings.Contains(out, `"username":"ann","email":"ann@example.com","given_name":"Ann"`) {
		t.Error(out)
	}
}

func TestWrongMappingsAreRefused(t *testing.T) {
	for flag, want := range map[string]string{
		"mail":          "is not a mapping such as mail=email",
		"mail=phone":    `--map main:mail=phone: conflict: mapping: "phone" is not a field`,
		"other=email":   "--map main:other=email: conflict: mapping: other and email: it is mapped already: mail and email",
		"_accounts:a=b": "",
	} {
		db := dbIn(t)
		runCommand(t, "mapping", "add", "mail", "email", "--store", db)
		code, _, said := runCommand(t, "serve", "--listen", "127.0.0.1:0", "--store", db, "--map", flag)
		if code == exitOK || !strings.Contains(said, want) {
			t.Errorf("%s: %d %s", flag, code, said)
		}
	}
}
