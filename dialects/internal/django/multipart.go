package django

import (
	"errors"
	"io"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/charset"
	"github.com/dragoman-gateway/dragoman/dialects/internal/formdata"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// MultipartError says why a multipart body is refused, in the framework's words.
type MultipartError struct{ Msg string }

// Error implements error.
func (e *MultipartError) Error() string { return e.Msg }

// ParseMultipart reads a multipart body: the fields first and then the files, so that a file is the last value of
// its name. Text that is not of the charset of its part, else of cs, is replaced, never refused; transfer encodings
// are decoded; a body without a last boundary has the parts that it has. Files are in memory, or where spool puts
// them if it is not nil.
// Errors: *MultipartError, wire.ErrTooMany (parts or files), wire.ErrTooLarge (files or fields), those of spool.
func ParseMultipart(body io.Reader, contentType string, cs charset.Charset, limits wire.Limits, spool Spool) ([]wire.Pair, error) {
	_, params := formdata.ParseHeader(contentType)
	boundary, ok := params["boundary"]
	if !ok {
		return nil, &MultipartError{"Invalid boundary in multipart: None"}
	}
	if !validBoundary(boundary) {
		return nil, &MultipartError{"Invalid boundary in multipart: " + boundary}
	}
	form := multipartForm{limits: limits.WithDefaults(), charset: cs, spool: spool}
	err := formdata.ReadParts(body, boundary, limits, form.add)
	var syntax *wire.SyntaxError
	if errors.As(err, &syntax) {
		return nil, &MultipartError{syntax.Msg}
	}
	if err != nil && !errors.Is(err, formdata.ErrIncomplete) {
		return nil, err
	}
	return append(form.fields, form.files...), nil
}

// Spool puts the content of a file on a disk and returns its path and length. It fails with the error of content,
// or its own.
type Spool func(content io.Reader) (path string, size int64, err error)

func validBoundary(boundary string) bool {
	if boundary == "" || len(boundary) > 201 || strings.HasSuffix(boundary, " ") {
		return false
	}
	for _, c := range []byte(boundary) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

type multipartForm struct {
	fields, files []wire.Pair
	charset       charset.Charset
	spool         Spool
	limits        wire.Limits // what is left of them
}

func (f *multipartForm) add(p *formdata.Part) error {
	if !p.HasName {
		return nil
	}
	name := f.text(strings.TrimSpace(p.Name))
	if !p.HasFilename || p.Filename == "" {
		return f.addField(name, p)
	}
	filename := baseName(f.text(p.Filename))
	if filename == "" {
		return nil
	}
	if f.limits.Files--; f.limits.Files < 0 {
		return wire.ErrTooMany
	}
	file := &wire.File{Filename: filename, ContentType: p.ContentType}
	err := f.readFile(file, p)
	if errors.Is(err, formdata.ErrEncoding) {
		return &MultipartError{"Could not decode base64 data."}
	}
	f.files = append(f.files, wire.Pair{Name: name, Value: wire.Upload(file)})
	return err
}

func (f *multipartForm) readFile(file *wire.File, p *formdata.Part) (err error) {
	content := &boundedReader{p.Content(), &f.limits.FileBytes}
	if f.spool != nil {
		file.Path, file.Size, err = f.spool(content)
		return err
	}
	file.Data, err = io.ReadAll(content)
	return err
}

// boundedReader fails where less than nothing is left.
type boundedReader struct {
	from io.Reader
	left *int64
}

func (r *boundedReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if *r.left -= int64(n); *r.left < 0 {
		return 0, wire.ErrTooLarge
	}
	return n, err
}

func (f *multipartForm) addField(name string, p *formdata.Part) error {
	data, err := p.ReadAll(f.limits.FieldBytes)
	if err != nil {
		return err
	}
	f.limits.FieldBytes -= int64(len(data))
	plain, _ := p.Decoded(data)
	cs := f.charset
	if _, params := formdata.ParseHeader(p.ContentType); params["charset"] != "" {
		if own, ok := charset.Lookup(params["charset"]); ok {
			cs = own
		}
	}
	text, _ := cs.Decode(plain)
	f.fields = append(f.fields, wire.Pair{Name: name, Value: wire.String(text)})
	return nil
}

func (f *multipartForm) text(raw string) string {
	text, _ := f.charset.Decode([]byte(raw))
	return text
}

// baseName is what follows the last slash or backslash: browsers sent whole paths.
func baseName(filename string) string {
	filename = strings.TrimSpace(filename[strings.LastIndexAny(filename, `/\`)+1:])
	if filename == "." || filename == ".." {
		return ""
	}
	return filename
}
