package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/sqlite"
)

// childStore names the store that a child of the test writes to until it is killed.
const childStore = "SQLITE_TEST_CHILD_STORE"

func TestMain(m *testing.M) {
	if path := os.Getenv(childStore); path != "" {
		writeForEver(path)
	}
	os.Exit(m.Run())
}

// writeForEver adds users from many goroutines and prints the name of each one
// that was acknowledged.
func writeForEver(path string) {
	s, err := sqlite.Open(context.Background(), path)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var out sync.Mutex
	var all sync.WaitGroup
	for w := range 32 {
		all.Go(func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("%d-%d", w, i)
				err := s.Update(context.Background(), func(tx core.StoreTx) error {
					return tx.PutUser(&core.User{Realm: core.MainRealm, UID: name, Username: name, Revision: 1})
				})
				if err != nil {
					name = "error " + err.Error()
				}
				out.Lock()
				fmt.Println(name)
				out.Unlock()
			}
		})
	}
	all.Wait()
}

func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	acknowledged := map[string]bool{}
	for _, kills := range []int{300, 500, 1000} {
		killAfter(t, path, kills, acknowledged)
		s := open(t, path)
		for name := range acknowledged {
			if _, err := find(s, name); err != nil {
				t.Errorf("%s was acknowledged and is lost: %v", name, err)
			}
		}
		numbersAreCounted(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			return
		}
		forget(t, path, acknowledged)
	}
}

// killAfter runs a child until it has acknowledged n more, and kills it.
func killAfter(t *testing.T, path string, n int, acknowledged map[string]bool) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childStore+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for ; n > 0 && lines.Scan(); n-- {
		acknowledged[lines.Text()] = true
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		acknowledged[lines.Text()] = true
	}
	if err := child.Wait(); err == nil || n > 0 {
		t.Fatalf("the child was not killed: %v; %d to go", err, n)
	}
}

func find(s core.Store, name string) (u *core.User, err error) {
	err = s.View(context.Background(), func(tx core.StoreTx) (err error) {
		u, err = tx.GetUser(core.ByUsername(core.MainRealm, name))
		return err
	})
	return u, err
}

// numbersAreCounted compares the count with the rows: they are written together.
func numbersAreCounted(t *testing.T, s core.Store) {
	t.Helper()
	err := s.View(context.Background(), func(tx core.StoreTx) error {
		list, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm})
		if err != nil {
			return err
		}
		n, err := tx.CountUsers(core.UserQuery{Realm: core.MainRealm})
		if n != len(list) {
			t.Errorf("%d users are counted, %s are there", n, strconv.Itoa(len(list)))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// forget empties the store, so that the next child can use the names again.
func forget(t *testing.T, path string, acknowledged map[string]bool) {
	t.Helper()
	s := open(t, path)
	if err := s.Update(context.Background(), func(tx core.StoreTx) error { return tx.DropRealm(core.MainRealm) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	clear(acknowledged)
}
