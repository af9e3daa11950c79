package upload_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/upload"
)

func TestNamesHaveAPlainExtension(t *testing.T) {
	random := strings.Repeat("0", 40)
	for given, want := range map[string]string{"A.PNG": random + ".png", "a": random, "a.p n": random, "a." + strings.Repeat("x", 16): random + "." + strings.Repeat("x", 16)} {
		name, fault := upload.NewName(random, given)
		if name != want || fault != "" || !upload.IsName(name) {
			t.Errorf("%q becomes %q %q, want %q", given, name, fault, want)
		}
	}
	if _, fault := upload.NewName(random, "a."+strings.Repeat("x", 17)); fault == "" {
		t.Error("an extension of 17 characters is accepted")
	}
}

func TestFilesAreKeptOnlyIfTheirUseIsStored(t *testing.T) {
	folder := upload.Folder{Dir: t.TempDir()}
	realm := core.Realm("a/../b")
	failed := errors.New("failed")
	for _, one := range []struct {
		name   string
		unused []string
		err    error
		left   string
	}{
		{"first", nil, nil, "first"},
		{"second", nil, failed, "first"},
		{"third", []string{"first"}, nil, "third"},
	} {
		err := folder.Write(realm, []upload.File{{Name: one.name, Data: []byte("x")}}, func() ([]string, error) { return one.unused, one.err })
		if !errors.Is(err, one.err) {
			t.Errorf("%s: %v", one.name, err)
		}
		if got := names(t, folder, realm); got != one.left {
			t.Errorf("%s: %q are left, want %q", one.name, got, one.left)
		}
	}
	folder.RemoveRealm(realm)
	if _, err := folder.Open(realm, "third"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a removed file opens: %v", err)
	}
}

func names(t *testing.T, folder upload.Folder, realm core.Realm) string {
	t.Helper()
	var all []string
	for _, name := range []string{"first", "second", "third"} {
		f, err := folder.Open(realm, name)
		if err == nil {
			all = append(all, name)
			_ = f.Close()
		}
	}
	return strings.Join(all, " ")
}

func TestSpooledFilesOfAKilledProcessAreSwept(t *testing.T) {
	folder := upload.Folder{Dir: t.TempDir() + "/[odd]"}
	old, _, err := folder.Spool(strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	fresh, _, _ := folder.Spool(strings.NewReader("y"))
	now := time.Now()
	if err := os.Chtimes(old, now, now.Add(-3*time.Hour)); err != nil {
		t.Fatal(err)
	}
	folder.SweepSpooled(now)
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an abandoned file: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("one that is being written: %v", err)
	}
}
