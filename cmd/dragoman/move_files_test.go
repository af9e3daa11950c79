package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

// storeWithFile is a store whose user ann has a picture, and the picture's path below a
// gateway.
func storeWithFile(t *testing.T) (db, picture string) {
	t.Helper()
	db = dbIn(t)
	g := start(t, "--store", db, "--seed", writeFile(t, "seed.yaml", devSeed), "--syncano-public-url", "http://files.example.com")
	key := []string{"X-API-KEY", seedAccountKey, "Content-Type", "application/json"}
	const main = "/v1.1/instances/main/"
	g.do(t, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "pic", "type": "file"}]}`, key...)
	g.do(t, "POST", main+"users/", `{"username": "ann", "password": "x"}`, key...)
	_, list, _ := strings.Cut(g.do(t, "GET", main+"users/?page_size=100", "", key...).body, `"username":"ann"`)
	_, profile, _ := strings.Cut(list, "/objects/")
	number, _, _ := strings.Cut(profile, "/")
	form := "--b\r\nContent-Disposition: form-data; name=\"pic\"; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\npixels\r\n--b--\r\n"
	a := g.do(t, "PATCH", main+"classes/user_profile/objects/"+number+"/", form,
		"X-API-KEY", seedAccountKey, "Content-Type", "multipart/form-data; boundary=b")
	_, link, found := strings.Cut(a.body, "http://files.example.com")
	picture, _, _ = strings.Cut(link, `"`)
	if a.status != 200 || !found {
		t.Fatalf("%d %s", a.status, a.body)
	}
	g.end(t)
	return db, picture
}

func mustShow(t *testing.T, picture string, flags ...string) {
	t.Helper()
	g := start(t, flags...)
	if a := g.do(t, "GET", picture, ""); a.status != 200 || a.body != "pixels" || a.header.Get("Content-Type") != "image/png" {
		t.Errorf("%v: %d %s", flags, a.status, a.body)
	}
	g.end(t)
}

func TestUploadsAreExportedAndImported(t *testing.T) {
	db, picture := storeWithFile(t)
	file, second, third := filepath.Join(t.TempDir(), "a.jsonl.gz"), dbIn(t), dbIn(t)
	code, _, said := runCommand(t, "export", file, "--store", db)
	if code != exitOK || !strings.Contains(said, "records, with 1 files") {
		t.Fatalf("%d %s", code, said)
	}
	for _, flags := range [][]string{{"--dry-run"}, nil, nil} {
		if code, _, said := runCommand(t, append([]string{"import", file, "--store", second}, flags...)...); code != exitOK {
			t.Fatalf("%d %s", code, said)
		}
	}
	mustShow(t, picture, "--store", second)
	folder := t.TempDir()
	if code, _, said := runCommand(t, "import", file, "--store", third, "--syncano-files", folder); code != exitOK {
		t.Fatalf("%d %s", code, said)
	}
	mustShow(t, picture, "--store", third, "--syncano-files", folder)
	for claim, c := range map[string]struct {
		flags []string
		want  string
		code  int
	}{
		"no room":   {[]string{"--syncano-max-file-bytes", "5"}, "refused: the file has 6 bytes, and the realm main has room for 5", exitFailed},
		"no folder": {[]string{"--syncano-files", "none"}, "no folder for files is set; --syncano-files says where files are", exitFailed},
		"left out":  {[]string{"--without-files"}, "1 skipped, 0 refused", exitOK},
	} {
		code, _, said := runCommand(t, append([]string{"import", file, "--store", dbIn(t)}, c.flags...)...)
		if code != c.code || !strings.Contains(said, c.want) {
			t.Errorf("%s: %d %s", claim, code, said)
		}
	}
}

func TestAnUploadWithoutContentIsNamed(t *testing.T) {
	db, picture := storeWithFile(t)
	uploads := strings.TrimPrefix(db, "sqlite:") + "-files"
	if err := os.Remove(filepath.Join(uploads, "realm-main", filepath.Base(picture))); err != nil {
		t.Fatal(err)
	}
	code, _, said := runCommand(t, "export", "--store", db)
	if code != exitFailed || !strings.Contains(said, "file "+filepath.Base(picture)+" of user ") || !strings.Contains(said, "--without-files leaves them out") {
		t.Errorf("%d %s", code, said)
	}
	if code, _, said := runCommand(t, "export", "--store", db, "--without-files"); code != exitOK {
		t.Errorf("%d %s", code, said)
	}
}

func TestUploadsAreMovedToPostgreSQLAndBack(t *testing.T) {
	coretest.NeedLong(t)
	server := pgtest.Start(t, false)
	first, picture := storeWithFile(t)
	middle, last, folder := server.DSN(t), dbIn(t), t.TempDir()
	code, _, said := runCommand(t, "move", "--store", first, "--to", middle)
	if code != exitFailed || !strings.Contains(said, "1 files: no folder for files is set; --to-files says where, and --without-files leaves them out") {
		t.Fatalf("%d %s", code, said)
	}
	for _, args := range [][]string{
		{"--store", first, "--to", middle, "--to-files", folder},
		{"--store", middle, "--syncano-files", folder, "--to", last, "--to-files", strings.TrimPrefix(last, "sqlite:") + "-files"},
	} {
		code, out, said := runCommand(t, append([]string{"move"}, args...)...)
		if code != exitOK || !strings.Contains(out, "records, with 1 files; both stores have the same checksum") {
			t.Fatalf("%d %s%s", code, out, said)
		}
	}
	mustShow(t, picture, "--store", last)
}
