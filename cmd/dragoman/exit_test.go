package main

import (
	"database/sql"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// refused runs "serve" and checks that it ends with the code and one line.
func refused(t *testing.T, code int, word string, flags ...string) {
	t.Helper()
	got, out, log := once(t, append([]string{"serve"}, flags...)...)
	if got != code || !strings.Contains(log, word) || strings.Count(log, "\n") != 1 || out != "" {
		t.Errorf("exit %d, want %d: %s%s", got, code, out, log)
	}
}

func TestTakenPortIsTold(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	refused(t, exitListen, l.Addr().String()+": ", "--listen", l.Addr().String(), "--store", dbIn(t))
}

func TestStoreThatCannotBeMadeIsTold(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no", "such", "folder", "x.db")
	refused(t, exitStore, missing, "--listen", "127.0.0.1:0", "--store", "sqlite:"+missing)
}

func TestFileThatIsNoStoreIsTold(t *testing.T) {
	file := writeFile(t, "x.db", strings.Repeat("this is a letter to a friend\n", 100))
	refused(t, exitStore, "x.db", "--listen", "127.0.0.1:0", "--store", "sqlite:"+file)
}

func TestStoreThatCannotBeWrittenIsTold(t *testing.T) {
	if os.Geteuid() == 0 {
		// Permissions do not bind root; a folder in the file's place does.
		folder := filepath.Join(t.TempDir(), "x.db")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		refused(t, exitStore, "x.db", "--listen", "127.0.0.1:0", "--store", "sqlite:"+folder)
		return
	}
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	refused(t, exitStore, "x.db", "--listen", "127.0.0.1:0", "--store", "sqlite:"+filepath.Join(folder, "x.db"))
}

func TestStoreOfANewerVersionIsRefused(t *testing.T) {
	dsn := dbIn(t)
	start(t, "--store", dsn).end(t)
	db, err := sql.Open("sqlite3", strings.TrimPrefix(dsn, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("insert into goose_db_version (version_id, is_applied) values (99999, true)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, exitNewer, "newer version", "--listen", "127.0.0.1:0", "--store", dsn)
}

func TestUnknownStoreIsToldWithoutItsPassword(t *testing.T) {
	code, _, log := once(t, "serve", "--listen", "127.0.0.1:0", "--store", "oracle://scott:tiger@db/x?password=lion")
	if code != exitStore || strings.Contains(log, "tiger") || strings.Contains(log, "lion") || !strings.Contains(log, "oracle") {
		t.Errorf("exit %d: %s", code, log)
	}
}
