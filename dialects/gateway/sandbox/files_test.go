package sandbox_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// seedAccountKey is the account key of the development seed.
const seedAccountKey = "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70"

// upload puts a file into the profile of the sandbox's first user, whose class gets a
// field for it, and returns the path of its link.
func (s *server) upload(in, content string) (link string) {
	s.t.Helper()
	profiles := "/_sandbox/" + in + "/v1.1/instances/main/classes/user_profile/"
	a := s.do("PATCH", profiles, `{"schema":[{"name":"avatar","type":"file"}]}`, "X-API-KEY", seedAccountKey, "Content-Type", "application/json")
	if a.status != 200 {
		s.t.Fatalf("%d %s", a.status, a.body)
	}
	form := "--b\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"me.png\"\r\nContent-Type: image/png\r\n\r\n" + content + "\r\n--b--\r\n"
	a = s.do("PATCH", profiles+"objects/1/", form, "X-API-KEY", seedAccountKey, "Content-Type", "multipart/form-data; boundary=b")
	var stored struct{ Avatar struct{ Value string } }
	if err := json.Unmarshal([]byte(a.body), &stored); err != nil || a.status != 200 {
		s.t.Fatalf("%d %s", a.status, a.body)
	}
	return strings.TrimPrefix(stored.Avatar.Value, s.url)
}

// mustServe fails unless a file is served; without content, it must not be there.
func (s *server) mustServe(claim, link, content string) {
	s.t.Helper()
	a := s.do("GET", link, "")
	if found := a.status == 200; found != (content != "") || found && a.body != content {
		s.t.Errorf("%s: %s: %d %q, want %q", claim, link, a.status, a.body, content)
	}
}

// in returns the link to the same file in another sandbox.
func in(name, link string) string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(link, "/_sandbox/"), "/")
	return "/_sandbox/" + name + "/" + rest
}

// The random names of files come again after a reset, so a state must have its own.
func TestFilesBelongToAStateOfTheSandbox(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", `,"random":7`)
	first := s.upload("a", "first")
	s.call(201, nil, "POST", "sandboxes/a/snapshots", `{"name":"first"}`)
	s.create("fork", `,"fork":"a"`)
	s.call(200, nil, "POST", "sandboxes/a/reset", `{}`)
	s.mustServe("after a reset", first, "")
	second := s.upload("a", "second")
	s.mustServe("uploaded again", second, "second")
	s.mustServe("in a fork", in("fork", first), "first")
	s.call(200, nil, "POST", "sandboxes/a/reset", `{"snapshot":"first"}`)
	s.mustServe("after a return", first, "first")
	if third := s.upload("a", "third"); third == first {
		t.Errorf("a file that is replaced keeps its name %s", first)
	}
	s.mustServe("replaced", first, "")
	s.call(200, nil, "POST", "sandboxes/a/reset", `{"snapshot":"first"}`)
	s.mustServe("after another return", first, "first")
}

func TestArchivesOfSandboxesHaveFiles(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	s.create("b", "")
	link := s.upload("a", "pixels")
	_, name, _ := strings.Cut(link, "/files/")
	if a := s.call(200, nil, "GET", "sandboxes/a/snapshots/start/diff", ""); !strings.Contains(a.body, `{"object":"file `+name+` of main","change":"added"}`) {
		t.Errorf("what was added: %s", a.body)
	}
	text := s.call(200, nil, "GET", "sandboxes/a/snapshots/now", "").body
	s.call(201, nil, "PUT", "sandboxes/b/snapshots/moved", text)
	s.call(200, nil, "POST", "sandboxes/b/reset", `{"snapshot":"moved"}`)
	s.mustServe("uploaded as a snapshot", in("b", link), "pixels")
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	s.create("c", `,"archive":`+string(quoted))
	s.mustServe("created with an archive", in("c", link), "pixels")
}

func TestFilesOfSandboxesAreRemoved(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	left := func() int {
		t.Helper()
		all, err := filepath.Glob(filepath.Join(folder, "*-files"))
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	s := serve(t, sandbox.Config{})
	s.create("a", "")
	s.upload("a", "pixels")
	if n := left(); n != 1 {
		t.Errorf("%d folders of files", n)
	}
	s.call(204, nil, "DELETE", "sandboxes/a", "")
	if all, err := os.ReadDir(folder); err != nil || len(all) != 0 {
		t.Errorf("left are %v, %v", all, err)
	}
}

func TestSandboxesMayKeepNoFiles(t *testing.T) {
	t.Parallel()
	s := serve(t, sandbox.Config{MaxBytes: 4 << 20})
	s.create("bounded", "")
	s.create("none", `,"settings":{"syncano-files":"none"}`)
	s.upload("bounded", strings.Repeat("x", 1<<20))
	for name, content := range map[string]string{"bounded": strings.Repeat("x", 5<<20), "none": "x"} {
		profiles := "/_sandbox/" + name + "/v1.1/instances/main/classes/user_profile/"
		s.do("PATCH", profiles, `{"schema":[{"name":"avatar","type":"file"}]}`, "X-API-KEY", seedAccountKey, "Content-Type", "application/json")
		form := "--b\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"a.png\"\r\n\r\n" + content + "\r\n--b--\r\n"
		if a := s.do("PATCH", profiles+"objects/1/", form, "X-API-KEY", seedAccountKey, "Content-Type", "multipart/form-data; boundary=b"); a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}
