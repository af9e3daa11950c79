package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestBackupIsAStoreAndIsSafeWhileServing(t *testing.T) {
	dsn := dbIn(t)
	seed := writeFile(t, "seed.yaml", devSeed)
	g := start(t, "--store", dsn, "--seed", seed)
	before := g.do(t, "GET", "/users.json", "", admin...)
	file := filepath.Join(t.TempDir(), "copy.db")
	code, out, log := once(t, "backup", "--store", dsn, file)
	if code != 0 || !strings.Contains(out, "copy.db") || log != "" {
		t.Fatalf("exit %d: %s%s", code, out, log)
	}
	if !strings.Contains(out, "dragoman.db.key is not in it") {
		t.Errorf("the backup does not say what is missing: %s", out)
	}
	key := strings.TrimPrefix(dsn, "sqlite:") + ".key"
	refused(t, exitStore, file+".key", "--listen", "127.0.0.1:0", "--store", "sqlite:"+file)
	copied := start(t, "--store", "sqlite:"+file, "--seal-key-file", key)
	if after := copied.do(t, "GET", "/users.json", "", admin...); after.status != 200 || after.body != before.body {
		t.Errorf("%d %s", after.status, after.body)
	}
}

func TestBackupOverwritesNothing(t *testing.T) {
	dsn := dbIn(t)
	start(t, "--store", dsn).end(t)
	file := writeFile(t, "precious.db", "precious")
	code, _, log := once(t, "backup", "--store", dsn, file)
	if code != exitStore || !strings.Contains(log, "precious.db") || strings.Count(log, "\n") != 1 {
		t.Errorf("exit %d: %s", code, log)
	}
}

func TestMigrateTellsWhatIsPendingAndAppliesIt(t *testing.T) {
	dsn := dbIn(t)
	if code, out, log := once(t, "migrate", "up", "--store", dsn); code != 0 || !strings.Contains(out, "1  ") {
		t.Fatalf("exit %d: %s%s", code, out, log)
	}
	if code, out, log := once(t, "migrate", "status", "--store", dsn); code != 0 || strings.Contains(out, "pending") || !strings.Contains(out, "1  ") {
		t.Errorf("exit %d: %s%s", code, out, log)
	}
	if code, out, log := once(t, "migrate", "up", "--store", dsn); code != 0 || out != "nothing to do\n" {
		t.Errorf("exit %d: %s%s", code, out, log)
	}
}

func TestStoreInUseIsTold(t *testing.T) {
	t.Parallel()
	dsn := dbIn(t)
	start(t, "--store", dsn)
	refused(t, exitStore, "another process", "--listen", "127.0.0.1:0", "--store", dsn)
}
