package django

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/dialects/internal/charset"
	"github.com/dragoman-gateway/dragoman/dialects/internal/oddtext"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// oddBody is a row of multipart/odd.json, which says what the original reads.
type oddBody struct {
	Name     string `json:"name"`
	In       string `json:"in"`
	Original struct {
		Fields [][2]string `json:"fields"`
		Files  [][3]string `json:"files"` // with the content in base64
	} `json:"django"`
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

func TestOddMultipartBodiesAreReadAsDjangoReadsThem(t *testing.T) {
	for _, row := range oddBodies(t) {
		switch row.Name {
		case "boundary inside a value": // the original drops what follows; here nothing is dropped
			continue
		case "no last boundary": // the original takes the last line end for a part of the value
			continue
		}
		pairs, err := ParseMultipart(bytes.NewReader(oddtext.Bytes(row.In)), "multipart/form-data; boundary=B", charset.Charset{}, wire.Limits{}, nil)
		var got, want []string
		for _, p := range pairs {
			if f := p.Value.File(); f != nil {
				got = append(got, p.Name, f.Filename, base64.StdEncoding.EncodeToString(f.Data))
			} else {
				got = append(got, p.Name, p.Value.Text())
			}
		}
		for _, f := range row.Original.Fields {
			want = append(want, f[:]...)
		}
		for _, f := range row.Original.Files {
			want = append(want, f[:]...)
		}
		if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%s: read as %q, %v, want %q", row.Name, got, err, want)
		}
	}
}

func TestParseMultipartRefuses(t *testing.T) {
	file := "--cut\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n0123456789\r\n"
	const cut = "multipart/form-data; boundary=cut"
	for name, c := range map[string]struct {
		body, contentType string
		limits            wire.Limits
		want              error
	}{
		"a type without boundary":  {"--cut--\r\n", "multipart/form-data", wire.Limits{}, &MultipartError{"Invalid boundary in multipart: None"}},
		"a boundary out of ASCII":  {"--cut--\r\n", "multipart/form-data; boundary=\xe9", wire.Limits{}, &MultipartError{"Invalid boundary in multipart: \xe9"}},
		"endless headers":          {"--cut\r\n" + strings.Repeat("A: b\r\n", 1e5) + "\r\n--cut--\r\n", cut, wire.Limits{}, &MultipartError{"The headers of a part are malformed."}},
		"too many parts":           {strings.Repeat(file, 3) + "--cut--\r\n", cut, wire.Limits{Pairs: 2}, wire.ErrTooMany},
		"too many files":           {file + file + "--cut--\r\n", cut, wire.Limits{Files: 1}, wire.ErrTooMany},
		"files too large together": {file + file + "--cut--\r\n", cut, wire.Limits{FileBytes: 19}, wire.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseMultipart(strings.NewReader(c.body), c.contentType, charset.Charset{}, c.limits, nil)
			var refused *MultipartError
			if !errors.Is(err, c.want) && !(errors.As(err, &refused) && refused.Msg == c.want.Error()) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestTheCharsetOfAPartIsItsOwn(t *testing.T) {
	body := "--B\r\nContent-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=ISO-8859-1\r\n\r\nZo\xeb\r\n" +
		"--B\r\nContent-Disposition: form-data; name=b\r\n\r\n\xb9\r\n--B--\r\n"
	polish, _ := charset.Lookup("windows-1250")
	pairs, err := ParseMultipart(strings.NewReader(body), "multipart/form-data; boundary=B; charset=windows-1250", polish, wire.Limits{}, nil)
	if err != nil || len(pairs) != 2 || pairs[0].Value.Text() != "Zoë" || pairs[1].Value.Text() != "ą" {
		t.Errorf("got %v, %v", pairs, err)
	}
}

func FuzzParseMultipart(f *testing.F) {
	for _, row := range oddBodies(f) {
		f.Add(oddtext.Bytes(row.In), "multipart/form-data; boundary=B")
	}
	f.Add([]byte("--x\r\n\r\n"), `multipart/form-data; boundary="x"; charset=utf-16`)
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		pairs, _ := ParseMultipart(bytes.NewReader(body), contentType, charset.Charset{}, wire.Limits{}, nil)
		for _, p := range pairs {
			if !utf8.ValidString(p.Name) || !utf8.ValidString(p.Value.Text()) {
				t.Fatalf("%q is read as %q", body, p.Name+"="+p.Value.Text())
			}
		}
	})
}
