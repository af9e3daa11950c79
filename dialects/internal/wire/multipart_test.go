package wire

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

const multipartType = `multipart/form-data; boundary="cut"`

// part is one part of a body as a client sends it.
func part(disposition, content string) string {
	return "--cut\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n"
}

func TestParseMultipart(t *testing.T) {
	body := part(`name="username"`, "ann é") + part(`name="profile.avatar"; filename="a/b.png"`+"\r\nContent-Type: image/png", "\xff\xd8") +
		part(`name="username"`, "") + part(`filename="nameless"`, "x") + "--cut--\r\n"
	pairs, err := ParseMultipart([]byte(body), multipartType, Limits{})
	if err != nil || len(pairs) != 3 {
		t.Fatalf("%d pairs, %v", len(pairs), err)
	}
	file := pairs[1].Value.File()
	if file == nil || file.Filename != "b.png" || file.ContentType != "image/png" || string(file.Data) != "\xff\xd8" {
		t.Errorf("the file is %+v", file)
	}
	if got := string(pairList(pairs).JSON()); got != `[["username","ann é"],["profile.avatar","b.png"],["username",""]]` {
		t.Errorf("got %s", got)
	}
}

func TestParseMultipartRefuses(t *testing.T) {
	file := part(`name="f"; filename="f"`, "0123456789")
	for name, c := range map[string]struct {
		body, contentType string
		limits            Limits
		want              error
	}{
		"a type without boundary":  {"--cut--\r\n", "multipart/form-data", Limits{}, errSyntax},
		"another type":             {"--cut--\r\n", `multipart/mixed; boundary="cut"`, Limits{}, errSyntax},
		"an empty body":            {"", multipartType, Limits{}, errSyntax},
		"a body that is cut off":   {part(`name="a"`, "b"), multipartType, Limits{}, errSyntax},
		"text that is not UTF-8":   {part(`name="a"`, "\xff") + "--cut--\r\n", multipartType, Limits{}, errSyntax},
		"a name that is not UTF-8": {part("name=\"\xff\"", "x") + "--cut--\r\n", multipartType, Limits{}, errSyntax},
		"endless headers":          {"--cut\r\n" + strings.Repeat("A: b\r\n", 1e5) + "\r\n--cut--\r\n", multipartType, Limits{}, errSyntax},
		"too many parts":           {strings.Repeat(part(`name="a"`, "b"), 3) + "--cut--\r\n", multipartType, Limits{Pairs: 2}, ErrTooMany},
		"too many files":           {file + file + "--cut--\r\n", multipartType, Limits{Files: 1}, ErrTooMany},
		"files too large together": {file + file + "--cut--\r\n", multipartType, Limits{FileBytes: 19}, ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseMultipart([]byte(c.body), c.contentType, c.limits)
			var syntax *SyntaxError
			if !errors.Is(err, c.want) && !(c.want == errSyntax && errors.As(err, &syntax)) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

var errSyntax = errors.New("any syntax error")

func TestParseMultipartAtTheLimitsPasses(t *testing.T) {
	body := part(`name="f"; filename="f"`, "0123456789") + part(`name="a"`, "b") + "--cut--\r\n"
	if _, err := ParseMultipart([]byte(body), multipartType, Limits{Pairs: 2, Files: 1, FileBytes: 10}); err != nil {
		t.Error(err)
	}
}

func FuzzParseMultipart(f *testing.F) {
	f.Add([]byte(part(`name="a"; filename="b"`, "c")+part(`name="d"`, "e")+"--cut--\r\n"), multipartType)
	f.Add([]byte("--cut\r\n\r\n--cut--"), "multipart/form-data; boundary=cut; charset=utf-8")
	f.Fuzz(func(t *testing.T, data []byte, contentType string) {
		pairs, err := ParseMultipart(data, contentType, Limits{Pairs: 3, Files: 1, FileBytes: 10})
		var syntax *SyntaxError
		if err != nil && !errors.Is(err, ErrTooMany) && !errors.Is(err, ErrTooLarge) && !errors.As(err, &syntax) {
			t.Fatalf("an error of no type: %v", err)
		}
		files := 0
		for _, p := range pairs {
			if file := p.Value.File(); file != nil && len(file.Data) <= 10 {
				files++
			} else if !utf8.ValidString(p.Name) || !utf8.ValidString(p.Value.Text()) || file != nil {
				t.Fatalf("%q has the value %q", p.Name, p.Value.Text())
			}
		}
		if len(pairs) > 3 || files > 1 {
			t.Fatalf("%d pairs, %d files", len(pairs), files)
		}
	})
}

func TestMediaType(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "application/json": "application/json", "Application/JSON ; charset=utf-8": "application/json", " text/xml;": "text/xml",
	} {
		if got := MediaType(in); got != want {
			t.Errorf("MediaType(%q) = %q, want %q", in, got, want)
		}
	}
}
