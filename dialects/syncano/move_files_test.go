package syncano_test

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/upstream"
)

// bring imports all that the API at the URL shows, and returns what became of each line
// that is a file or its record.
func (w *world) bring(url, folder string) (verdicts []string) {
	w.t.Helper()
	cfg := upstream.Config{AccountKey: ownerKey}
	cfg.Server.URL, cfg.Server.Rate = url, -1
	vendor, err := upstream.New(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	source := archive.NewLiveSource(w.t.Context(), vendor)
	defer source.Close()
	opts := archive.ImportOptions{
		Completer: vendor, OnConflict: archive.Skip, Files: syncano.Files(folder, 0),
		Report: func(o archive.Outcome) error {
			if strings.Contains(o.Object, "syncano.file") || strings.HasPrefix(o.Object, "file ") || o.Verdict == archive.Refused {
				verdicts = append(verdicts, strings.Fields(o.Object + " . .")[0]+" "+string(o.Verdict)+o.Reason)
			}
			return nil
		},
	}
	_, err = archive.NewImporter(w.dir, opts).Run(w.t.Context(), func() (archive.Source, error) { return source, nil })
	if err != nil {
		w.t.Fatal(err)
	}
	return verdicts
}

// The files of profiles come with their users from a live server, once, and not to users
// who have no use for them any more.
func TestFilesOfProfilesComeFromALiveServer(t *testing.T) {
	from, _ := fileWorld(t)
	from.uploadAs("image/png")
	server := httptest.NewServer(from.d)
	defer server.Close()
	folder := t.TempDir()
	to := newWorld(t, func(cfg *syncano.Config) { cfg.FilesDir = folder })
	for _, want := range []string{"record added,file added", "record unchanged,file unchanged"} {
		if got := strings.Join(to.bring(server.URL, folder), ","); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
	_, link, _ := strings.Cut(to.do(ownerKey, "GET", users+"1/", "").Body.String(), `"pic":{"type":"file","value":"`)
	link, _, _ = strings.Cut(link, `"`)
	if a := to.do("", "GET", strings.TrimPrefix(link, "http://example.com"), ""); a.Code != 200 || a.Body.String() != "pixels" || a.Header().Get("Content-Type") != "image/png" {
		t.Errorf("%s: %d %s", link, a.Code, a.Body)
	}
	to.must(ownerKey, "PATCH", users+"1/", `{"profile": {"pic": null}}`)
	if left := filesIn(t, folder); len(left) != 0 {
		t.Errorf("the last use of a file is gone, and %q are left", left)
	}
	if got := strings.Join(to.bring(server.URL, folder), ","); got != "record skipped,file skipped" {
		t.Errorf("after a change here: %s", got)
	}
}

// A file that cannot be fetched is reported, and its user comes without it.
func TestAFileThatCannotBeFetchedIsReported(t *testing.T) {
	from, dir := fileWorld(t)
	from.upload()
	server := httptest.NewServer(from.d)
	defer server.Close()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	to, folder := newWorld(t, nil), t.TempDir()
	got := strings.Join(to.bring(server.URL, folder), ",")
	if !strings.HasPrefix(got, ". refuseda file of the user 1 is left out: GET "+server.URL+"/v1.1/instances/main/files/") || !strings.HasSuffix(got, "answered 404: Not Found") {
		t.Error(got)
	}
	if a := to.do(ownerKey, "GET", users+"1/", ""); !strings.Contains(a.Body.String(), `"username":"ann"`) || !strings.Contains(a.Body.String(), `"pic":null`) {
		t.Error(a.Body)
	}
}
