package dialecttest

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// TestEnvironmentNamesAnotherEngine plays the same files on it, each in a store
// of its own.
func TestEnvironmentNamesAnotherEngine(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(storeVariable, "sqlite:"+dir+"/{name}.db?sync=normal")
	s := fakeSpec("")
	engines := Engines(t)
	last := engines[len(engines)-1]
	if last.Name != storeVariable {
		t.Fatalf("the last engine is %s", last.Name)
	}
	for range 2 {
		w := NewServerOn(t, last, s.build)
		if w.Play(t, s.Create); w.Target().Rewrite {
			t.Error("two engines may rewrite the files")
		}
	}
	if files, err := filepath.Glob(dir + "/*.db"); err != nil || len(files) != 2 {
		t.Errorf("the stores are %v, %v", files, err)
	}
}

// TestCrossPlaysSeveralDialectsInOneWorld gives each its part of the paths.
func TestCrossPlaysSeveralDialectsInOneWorld(t *testing.T) {
	dir := t.TempDir()
	text := "# Both show the user.\n# source: this test\n# let id = json:id\nPOST /fake/users\n{auth}\n\n{\"login\": \"carol\"}\n" +
		"----\n201 application/json\n\n{\"id\":{id},\"login\":\"carol\",\"nick\":null,\"key\":\"ffcdbdeecdeddaaecfae\"}\n" +
		"====\nGET /elsewhere\n----\n418\n"
	if err := os.WriteFile(filepath.Join(dir, "get-both.http"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s := fakeSpec("")
	RunCross(t, dir, func(t testing.TB, d *core.Directory) (dialects.Mux, Vars) {
		m, vars := s.build(t, d)
		return append(m, teapot{m[0]}), vars
	}, SQLite())
}

// teapot answers for what the fake does not own.
type teapot struct{ dialects.Dialect }

func (teapot) Owns(path string) bool { return !strings.HasPrefix(path, "/fake/") }

func (teapot) ServeHTTP(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }

// TestAgainRunsEveryUpdateTwice gives both runs the same randomness, and keeps
// what the second one did.
func TestAgainRunsEveryUpdateTwice(t *testing.T) {
	env := NewEnv(t, RunTwice(SQLite()))
	var keys []string
	err := env.Dir.Update(t.Context(), core.Operator(), func(tx *core.Tx) error {
		key := env.Dir.NewKey("abcdefgh", 9)
		keys = append(keys, key)
		return tx.AddUser(&core.User{Realm: core.MainRealm, Username: key + strings.Repeat("x", len(keys))})
	})
	if err != nil || len(keys) != 2 || keys[0] != keys[1] {
		t.Fatal(err, keys)
	}
	err = env.Dir.View(t.Context(), func(tx *core.Tx) error {
		users, err := tx.Users(core.UserQuery{Realm: core.MainRealm})
		if len(users) != 1 || users[0].Username != keys[1]+"xx" || users[0].ID != 1 {
			t.Errorf("found %+v", users)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
