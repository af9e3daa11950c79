package archive_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// hashOf returns the hash that a table of one row gives.
func hashOf(t *testing.T, opts archive.TableOptions, hash, salt string) (string, error) {
	t.Helper()
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	_ = w.WriteAll([][]string{{"username", "password_hash", "password_salt"}, {"ann", hash, salt}})
	rows, err := archive.NewCSV(&text, ',')
	if err != nil {
		t.Fatal(err)
	}
	table, err := archive.NewTable(rows, opts)
	if err != nil {
		t.Fatal(err)
	}
	line, _, err := table.Next()
	if err != nil {
		return "", err
	}
	if _, _, err := table.Next(); err != io.EOF {
		t.Error(err)
	}
	return line.User.PasswordHash, nil
}

func layout(t *testing.T, text string) *passwd.Layout {
	t.Helper()
	l, err := passwd.ParseLayout(text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// keycloakCredential is a credential of a realm export.
const keycloakCredential = `{"type": "password", "secretData": "{\"value\": \"tF+fC/WSrNg3Iuw6zEepgY3ExqEVx8wRQb6oA8ejjVJ+Uzn6JPyjEJoz53BdZWk3bnXupdSQ5FNXbqPQTH4Wyg==\", \"salt\": \"MDEyMzQ1Njc4OWFiY2RlZg==\", \"additionalParameters\": {}}", "credentialData": "{\"hashIterations\": 1500, \"algorithm\": \"pbkdf2-sha256\"}"}`

// The columns of other programs become hashes that are verified; the digests are those
// of testdata/hashes/declared.txt and others.
func TestHashesInColumnsAreVerified(t *testing.T) {
	firebase := &passwd.FirebaseParameters{
		SignerKey:     "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
		SaltSeparator: "Bw==", Rounds: 8, MemCost: 10,
	}
	sha1 := layout(t, "hex(sha1(salt . password))")
	for claim, c := range map[string]struct {
		opts       archive.TableOptions
		hash, salt string
		scheme     passwd.Scheme
	}{
		"a layout":         {archive.TableOptions{Layout: sha1}, "415874C53AC8DF7464885EEF8796DEFA5AE6D065", "NaCl", passwd.Declared},
		"a known hash too": {archive.TableOptions{Layout: sha1}, "$2b$05$ATqe5EiH.mZ0DufeVLfzheKGVX7rD7P6HIqryD.V/kZJdsrJpP4d2", "", passwd.Bcrypt},
		"Devise's pepper": {archive.TableOptions{Pepper: "pepper of the app"},
			"$2b$05$abcdefghijklmnopqrstuuVdOaxyETPITdU4Oa2YAye9EP2XfGYM.", "", passwd.PepperedBcrypt},
		"Firebase": {archive.TableOptions{Firebase: firebase},
			"WC2hIauZKhWgWZ7aXNb4k3j9RGwYjSJgkp0Fs7ZClRtrPIUZSXQaGvhZDlUZO0DPlNXw7tf-wJYS7fsHM1FOZA==", "42xEC-ixf3L2lw==", passwd.FirebaseScrypt},
		"Keycloak": {archive.TableOptions{}, keycloakCredential, "", passwd.PBKDF2SHA256},
	} {
		got, err := hashOf(t, c.opts, c.hash, c.salt)
		if err != nil || passwd.Identify(got) != c.scheme {
			t.Errorf("%s: %s, %v", claim, got, err)
			continue
		}
		if c.scheme != passwd.Bcrypt && (!passwd.Verify(got, "changeme1") || passwd.Verify(got, "changeme2")) {
			t.Errorf("%s: %s does not match", claim, got)
		}
	}
	for _, hash := range []string{`{"secretData":"{}","credentialData":"{\"algorithm\":\"rot13\"}"}`, `{"x":1}`} {
		if _, err := hashOf(t, archive.TableOptions{}, hash, ""); err == nil || !strings.Contains(err.Error(), "Keycloak") {
			t.Errorf("%s: %v", hash, err)
		}
	}
	if _, err := hashOf(t, archive.TableOptions{Layout: sha1}, "abc", ""); err == nil || strings.Contains(err.Error(), "abc") {
		t.Errorf("a hash of another length: %v", err)
	}
}

func TestLayoutsThatCannotBe(t *testing.T) {
	for _, text := range []string{"", "sha1(password)", "hex(password)", "hex(sha1(salt))", "hex(sha1(password)) x", "hex(crc(password))",
		"hex(sha1(password, 0))", "hex(sha1(password, 2147483648))", "hex(sha1(password, 600000) . md5(password, 600000))", "hex(md5(sha1(password, 999999) . salt, 2))",
		"hex(sha1(password)", `hex(sha1("x . password))`, "hex(sha1(password), 2)",
		strings.Repeat("hex(sha1(", 9) + "password" + strings.Repeat("))", 9), strings.Repeat("x", 300)} {
		if _, err := passwd.ParseLayout(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
