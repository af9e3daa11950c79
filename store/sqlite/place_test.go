package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
	"github.com/dragoman-gateway/dragoman/store/sqlite"
)

func TestAStoreHasOneOwnerWhateverNameItIsOpenedBy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link, chain, folder := filepath.Join(dir, "d.db"), filepath.Join(dir, "x.db"), filepath.Join(dir, "y.db"), filepath.Join(dir, "folder")
	for from, to := range map[string]string{link: "d.db", chain: link, folder: dir} {
		if err := os.Symlink(to, from); err != nil {
			t.Fatal(err)
		}
	}
	names := []string{file, link, chain, filepath.Join(folder, "x.db"), filepath.Join(folder, "d.db")}
	for _, first := range []string{chain, file} { // the first, by a link, makes the file that it names
		s, err := sqlite.Open(context.Background(), first)
		if err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		putUser(t, s, filepath.Base(first)+fmt.Sprint(len(first)))
		var tries sync.WaitGroup
		for _, second := range names {
			tries.Go(func() {
				if other, err := sqlite.Open(context.Background(), second); !errors.Is(err, store.ErrInUse) {
					t.Errorf("%s is open, and so is %s: %v", first, second, err)
					if err == nil {
						_ = other.Close()
					}
				}
			})
		}
		tries.Wait()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if n := countUsers(t, open(t, chain)); n != 2 {
		t.Errorf("%d users, want 2", n)
	}
	if _, err := os.Lstat(link + ".lock"); err == nil {
		t.Error("a link has a lock of its own")
	}
}

func TestALinkToAStoreThatDoesNotExistMakesIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Symlink("d.db", filepath.Join(dir, "x.db")); err != nil {
		t.Fatal(err)
	}
	putUser(t, open(t, filepath.Join(dir, "x.db")), "ann")
	if info, err := os.Lstat(filepath.Join(dir, "d.db")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v: %v", info, err)
	}
}

func TestAFileOfTwoNamesIsRefused(t *testing.T) {
	t.Parallel()
	file, other := filepath.Join(t.TempDir(), "d.db"), filepath.Join(t.TempDir(), "x.db")
	if err := open(t, file).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(file, other); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, other} {
		if _, err := sqlite.Open(context.Background(), name); !errors.Is(err, store.ErrNotWritable) || !strings.Contains(err.Error(), "hard links") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(other)); err != nil || len(entries) != 1 {
		t.Errorf("%v: %v", entries, err)
	}
}

// asOther runs fn on a thread of a user without rights, which ends with it.
func asOther(fn func()) {
	if os.Geteuid() != 0 {
		fn()
		return
	}
	done := make(chan bool)
	go func() {
		defer close(done)
		runtime.LockOSThread()
		const stranger = 65534
		if _, _, err := syscall.RawSyscall(syscall.SYS_SETRESUID, stranger, stranger, stranger); err != 0 {
			panic(err)
		}
		fn()
	}()
	<-done
}

func TestAStoreThatCannotBeWrittenIsRefusedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "d.db")
	if err := open(t, file).Close(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(dir, 0o777), os.Chmod(file, 0o444), os.Remove(file+".lock")); err != nil {
		t.Fatal(err)
	}
	before := namesIn(t, dir)
	asOther(func() {
		if s, err := sqlite.Open(context.Background(), file); !errors.Is(err, store.ErrNotWritable) {
			t.Errorf("a file that only can be read: %v", err)
			if err == nil {
				_ = s.Close()
			}
		}
		migrations, err := sqlite.Migrations(file)
		if err == nil {
			_, err = migrations.Up(context.Background())
		}
		if !errors.Is(err, store.ErrNotWritable) {
			t.Errorf("migrate: %v", err)
		}
	})
	if after := namesIn(t, dir); after != before {
		t.Errorf("leaves %s, there was %s", after, before)
	}
}

func namesIn(t *testing.T, dir string) (names string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names += " " + e.Name()
	}
	return names
}

// TestTheLogStaysSmallUnderLoad writes three times the bound, small and large
// users, while others read.
func TestTheLogStaysSmallUnderLoad(t *testing.T) {
	t.Parallel()
	const bound = 4 << 20
	file := filepath.Join(t.TempDir(), "d.db")
	s := open(t, file+"?sync=normal")
	var largest, written atomic.Int64
	var stop atomic.Bool
	var work sync.WaitGroup
	for range 2 {
		work.Go(func() {
			for !stop.Load() {
				countUsers(t, s)
				if info, err := os.Stat(file + "-wal"); err == nil && info.Size() > largest.Load() {
					largest.Store(info.Size())
				}
			}
		})
	}
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			for i := 0; written.Load() < 3*bound; i++ {
				name := fmt.Sprintf("user-%d-%d", w, i)
				u := &core.User{Realm: core.MainRealm, UID: name, Username: name, Revision: 1, Password: strings.Repeat("x", 100)}
				large := 0
				if i%50 == 0 {
					large = 60 << 10
				}
				u.Facets.Set("test", []byte(`"`+strings.Repeat("y", large)+`"`))
				if err := s.Update(context.Background(), func(tx core.StoreTx) error { return tx.PutUser(u.Clone()) }); err != nil {
					t.Error(err)
					return
				}
				written.Add(int64(2<<10 + large))
			}
		})
	}
	writers.Wait()
	stop.Store(true)
	work.Wait()
	t.Logf("the log had up to %d bytes", largest.Load())
	if largest.Load() > bound {
		t.Errorf("the log had %d bytes, want at most %d", largest.Load(), bound)
	}
}
