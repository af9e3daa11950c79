package passwd_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// row is one line of testdata/hashes: a password and what another program stored for it.
type row struct{ scheme, plain, encoded string }

func TestHashesOfOtherProgramsAreVerified(t *testing.T) {
	for _, file := range []string{"django.txt", "bcrypt.txt", "argon2.txt", "crypt.txt", "others.txt", "declared.txt"} {
		for _, cell := range readCells(t, file, 3) {
			checkRow(t, file, row{cell[0], unquote(t, cell[1]), cell[2]})
		}
	}
}

func TestHashesOfOnAppAreVerified(t *testing.T) {
	for _, cell := range readCells(t, "onapp.txt", 4) {
		encoded := passwd.EncodeOnApp(cell[1], cell[2], cell[3])
		checkRow(t, "onapp.txt", row{"onapp_sha1", unquote(t, cell[0]), encoded})
		if other := passwd.EncodeOnApp(cell[1], cell[2], "another key"); passwd.Verify(other, unquote(t, cell[0])) {
			t.Errorf("%s is verified without its installation's key", other)
		}
	}
}

func checkRow(t *testing.T, file string, r row) {
	t.Helper()
	if got := passwd.Identify(r.encoded).String(); got != r.scheme {
		t.Errorf("%s: %s is identified as %s, not %s", file, r.encoded, got, r.scheme)
	}
	if !passwd.Known(r.encoded) || !passwd.Verify(r.encoded, r.plain) {
		t.Errorf("%s: %s does not match its password %q", file, r.encoded, r.plain)
	}
	// In front: bcrypt does not read what is added behind a long password.
	if wrong := "x" + r.plain; passwd.Verify(r.encoded, wrong) {
		t.Errorf("%s: %s matches %q", file, r.encoded, wrong)
	}
}

// readCells reads the tab-separated lines of a file; it fails if there are none.
func readCells(t *testing.T, file string, columns int) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile("../../testdata/hashes/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != columns {
			t.Fatalf("%s: %q has %d columns, not %d", file, line, len(cells), columns)
		}
		rows = append(rows, cells)
	}
	if len(rows) == 0 {
		t.Fatalf("%s has no rows", file)
	}
	return rows
}

func unquote(t *testing.T, quoted string) (plain string) {
	t.Helper()
	if err := json.Unmarshal([]byte(quoted), &plain); err != nil {
		t.Fatalf("%s: %v", quoted, err)
	}
	return plain
}
