package syncano_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// fileWorld has a person whose profile can hold two files.
func fileWorld(t *testing.T) (w *world, dir string) {
	dir = t.TempDir()
	w = newWorld(t, func(cfg *syncano.Config) { cfg.FilesDir = dir })
	w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "pic", "type": "file"}, {"name": "big", "type": "file"}, {"name": "n", "type": "integer"}]}`)
	w.must(ownerKey, "POST", users, `{"username": "ann", "password": "x"}`)
	return w, dir
}

// upload patches the profile with a file and further form fields.
func (w *world) upload(fields ...string) *httptest.ResponseRecorder {
	return w.uploadAs("", fields...)
}

// uploadAs is upload of a file that its sender says to be of that type.
func (w *world) uploadAs(kind string, fields ...string) *httptest.ResponseRecorder {
	body := "--b\r\nContent-Disposition: form-data; name=\"pic\"; filename=\"x.png\"\r\nContent-Type: " + kind + "\r\n\r\npixels\r\n"
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		body += "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	r := httptest.NewRequest("PATCH", main+"classes/user_profile/objects/1/", strings.NewReader(body+"--b--\r\n"))
	r.Header.Set("X-Api-Key", ownerKey)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	rec := httptest.NewRecorder()
	w.d.ServeHTTP(rec, r)
	return rec
}

func filesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestFilesOnDiskAreThoseInUse(t *testing.T) {
	for name, end := range map[string]func(*world){
		"replaced":     func(w *world) { w.upload() },
		"removed":      func(w *world) { w.must(ownerKey, "PATCH", users+"1/", `{"profile": {"pic": null}}`) },
		"user_deleted": func(w *world) { w.must(ownerKey, "DELETE", users+"1/", "") },
		"deleted_elsewhere": func(w *world) {
			w.changeUser(1, func(tx *core.Tx, u *core.User) error { return tx.RemoveUser(u) })
		},
		"field_removed":   func(w *world) { w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": []}`) },
		"refused_write":   func(w *world) { w.upload("expected_revision=99") },
		"bad_other_field": func(w *world) { w.upload("n=x") },
		"instance_gone":   func(w *world) { w.must(ownerKey, "DELETE", "/v1.1/instances/main/", "") },
	} {
		t.Run(name, func(t *testing.T) {
			w, dir := fileWorld(t)
			if rec := w.upload(); rec.Code != 200 {
				t.Fatalf("%d %s", rec.Code, rec.Body)
			}
			first := filesIn(t, dir)
			if len(first) != 1 {
				t.Fatalf("after one upload there are %v", first)
			}
			end(w)
			left := filesIn(t, dir)
			switch name {
			case "refused_write", "bad_other_field":
				if len(left) != 1 || left[0] != first[0] {
					t.Errorf("have %v, want %v still", left, first)
				}
			case "replaced":
				if len(left) != 1 || left[0] == first[0] {
					t.Errorf("have %v, want another than %v", left, first)
				}
			default:
				if len(left) != 0 {
					t.Errorf("%v are left", left)
				}
			}
		})
	}
}

// changeUser changes a user as another dialect does.
func (w *world) changeUser(id int64, change func(*core.Tx, *core.User) error) {
	w.t.Helper()
	err := w.dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(core.MainRealm, id))
		if err != nil {
			return err
		}
		return change(tx, u)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// Another dialect can write the name of a file, which is in its public link, into any
// user's attributes. Taking it away again must not remove the file.
func TestAFileIsReleasedByThoseWhoHoldItAlone(t *testing.T) {
	w, dir := fileWorld(t)
	w.upload()
	name := filesIn(t, dir)[0]
	w.must(ownerKey, "POST", users, `{"username": "eve", "password": "x"}`)
	forge := func(tx *core.Tx, u *core.User) error {
		u.Attributes.Set("big", `"`+name+`"`)
		return tx.SaveUser(u)
	}
	w.changeUser(2, forge)
	w.must(ownerKey, "PATCH", users+"2/", `{"profile": {"big": null}}`)
	w.changeUser(2, forge)
	w.must(ownerKey, "DELETE", users+"2/", "")
	if left := filesIn(t, dir); len(left) != 1 || w.do("", "GET", main+"files/"+name, "").Code != 200 {
		t.Errorf("the file is gone: %v", left)
	}
	w.must(ownerKey, "POST", users, `{"username": "bea", "password": "x"}`)
	w.must(ownerKey, "PATCH", users+"3/", `{"profile": {"pic": "`+"http://example.com"+main+"files/"+name+`"}}`)
	w.must(ownerKey, "PATCH", users+"1/", `{"profile": {"pic": null}}`)
	if left := filesIn(t, dir); len(left) != 1 {
		t.Errorf("a file that another user holds too is gone")
	}
	w.must(ownerKey, "PATCH", users+"3/", `{"profile": {"pic": null}}`)
	if left := filesIn(t, dir); len(left) != 0 {
		t.Errorf("%v are left", left)
	}
}

func TestFilesBelongToTheirInstance(t *testing.T) {
	w, dir := fileWorld(t)
	w.upload()
	name := filesIn(t, dir)[0]
	for path, want := range map[string]int{
		main + "files/" + name:                     200,
		"/v2/instances/MAIN/files/" + name:         200,
		"/v1.1/instances/other/files/" + name:      404,
		"/v1.1/instances/nowhere/files/" + name:    404,
		main + "files/" + strings.ToUpper(name):    404,
		main + "files/" + name + "/":               404,
		main + "files/..%2F..%2F" + name:           404,
		main + "files/" + strings.Repeat("0", 40):  404,
		main + "files/../files/" + name:            200,
		main + "files/../../other/files/" + name:   404,
		main + "files/%2e%2e/../../../etc/" + name: 404,
	} {
		if rec := w.do("", "GET", path, ""); rec.Code != want {
			t.Errorf("GET %s: %d, want %d", path, rec.Code, want)
		}
	}
}

// TestIncrementsAtOnceAllCount: an operator works on what is stored, inside the
// transaction.
func TestOnlyPicturesThatCannotRunAreShown(t *testing.T) {
	w, _ := fileWorld(t)
	for kind, shown := range map[string]bool{
		"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true, "IMAGE/PNG; x=y": true, "": false,
		"image/svg+xml": false, "text/html": false, "application/xhtml+xml": false, "text/javascript": false, "application/pdf": false,
	} {
		w.uploadAs(kind)
		link := w.must(ownerKey, "GET", users+"1/", "")["profile"].(map[string]any)["pic"].(map[string]any)["value"].(string)
		h := w.do("", "GET", link, "").Header()
		if saved := h.Get("Content-Disposition") == "attachment"; saved == shown {
			t.Errorf("%q: shown is %v, want %v", kind, !saved, shown)
		}
		if !shown && h.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("%q is served as %q", kind, h.Get("Content-Type"))
		}
	}
}

func TestIncrementsAtOnceAllCount(t *testing.T) {
	w, _ := fileWorld(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			w.do(ownerKey, "PATCH", main+"classes/user_profile/objects/1/", `{"n": {"_increment": 2}}`)
		})
	}
	all.Wait()
	if n := w.must(ownerKey, "GET", main+"classes/user_profile/objects/1/", "")["n"]; n != 40.0 {
		t.Errorf("20 increments by 2 make %v", n)
	}
}

// TestNoRowMatchesNoIDs: an empty list of ids is not the same as none.
func TestNoRowMatchesNoIDs(t *testing.T) {
	w, _ := fileWorld(t)
	for _, path := range []string{
		main + `classes/user_profile/objects/?query=%7B%22id%22:%7B%22_in%22:[]%7D%7D`,
		main + `classes/user_profile/objects/?query=%7B%22owner%22:%7B%22_in%22:[]%7D%7D`,
		`/v2/instances/main/users/?query=%7B%22id%22:%7B%22_in%22:[]%7D%7D`,
		`/v2/instances/main/users/?query=%7B%22id%22:%7B%22_eq%22:-1%7D%7D`,
	} {
		if list := w.must(ownerKey, "GET", path, "")["objects"].([]any); len(list) != 0 {
			t.Errorf("GET %s: %v", path, list)
		}
	}
}

// zeros is a file of that many bytes, read from nowhere.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	clear(p[:n])
	z.left -= n
	return int(n), nil
}

// sendFile patches the profile with a file of size zeros, and with a field of
// fieldSize bytes.
func (w *world) sendFile(key string, size int64, fieldSize int) *httptest.ResponseRecorder {
	body := io.MultiReader(
		strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"pic\"; filename=\"x.bin\"\r\n\r\n"), &zeros{size},
		strings.NewReader("\r\n--b\r\nContent-Disposition: form-data; name=\"more\"\r\n\r\n"+strings.Repeat("x", fieldSize)+"\r\n--b--\r\n"))
	r := httptest.NewRequest("PATCH", main+"classes/user_profile/objects/1/", body)
	r.Header.Set("X-Api-Key", key)
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	rec := httptest.NewRecorder()
	w.d.ServeHTTP(rec, r)
	return rec
}

// TestLargeFilesGoToTheDisk: a file of the size that the manual allows takes little
// memory, though bodies are bounded far below.
func TestLargeFilesGoToTheDisk(t *testing.T) {
	w, dir := fileWorld(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	rec := w.sendFile(ownerKey, 128<<20, 10)
	runtime.ReadMemStats(&after)
	if rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
	left := filesIn(t, dir)
	if len(left) != 1 {
		t.Fatalf("on the disk: %v", left)
	}
	link := strings.SplitN(strings.SplitN(rec.Body.String(), `"pic":{"type":"file","value":"http://example.com`, 2)[1], `"`, 2)[0]
	if rec := w.do("", "HEAD", link, ""); rec.Code != 200 || rec.Header().Get("Content-Length") != "134217728" {
		t.Errorf("%s: %d %v", link, rec.Code, rec.Header())
	}
}

// TestFilesAndFieldsHaveTheirOwnBounds: what is refused leaves nothing on the disk.
func TestFilesAndFieldsHaveTheirOwnBounds(t *testing.T) {
	for name, c := range map[string]struct {
		key    string
		file   int64
		field  int
		status int
	}{
		"both at their bounds": {ownerKey, 3 << 20, 1<<20 - 1000, 200},
		"file too large":       {ownerKey, 3<<20 + 1, 1, 413},
		"field too large":      {ownerKey, 1, 1<<20 + 1, 413},
		"caller unknown":       {nobodysKey, 1 << 20, 1, 403},
		"caller has no right":  {plainKey, 2 << 20, 1, 403},
	} {
		t.Run(name, func(t *testing.T) {
			w, dir := fileWorld(t)
			w.d = syncano.New(syncano.Config{Directory: w.dir, FilesDir: dir, MaxBody: 1 << 20, MaxFiles: 3 << 20})
			rec := w.sendFile(c.key, c.file, c.field)
			if left := len(filesIn(t, dir)); rec.Code != c.status || (left == 1) != (c.status == 200) || left > 1 {
				t.Errorf("%d %s, want %d; %d files on the disk", rec.Code, rec.Body, c.status, left)
			}
		})
	}
}

func TestAStartRemovesUploadsOfAKilledProcess(t *testing.T) {
	files := t.TempDir()
	left := filepath.Join(files, "incoming-1")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(left, time.Time{}, time.Now().Add(-3*time.Hour)); err != nil {
		t.Fatal(err)
	}
	newWorld(t, func(cfg *syncano.Config) { cfg.FilesDir = files })
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
