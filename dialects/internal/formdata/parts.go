package formdata

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Part is one part of a multipart body.
type Part struct {
	Name, Filename string
	HasName        bool
	HasFilename    bool   // the part has a filename, be it empty
	ContentType    string // as written; "" if it is not given
	Encoding       string // Content-Transfer-Encoding in lower case
	Body           io.Reader
}

// ErrIncomplete reports a multipart body without a first or a last boundary.
var ErrIncomplete = errors.New("formdata: multipart body is not complete")

// ReadParts calls each for every part of a multipart body, in order. Errors: ErrIncomplete, after the parts that
// are there; *wire.SyntaxError; wire.ErrTooMany; those of each.
func ReadParts(body io.Reader, boundary string, limits wire.Limits, each func(*Part) error) error {
	parts := multipart.NewReader(body, boundary)
	for left := limits.WithDefaults().Pairs; ; left-- {
		raw, err := parts.NextRawPart()
		switch {
		case err == io.EOF: // bare after the last boundary, wrapped without one
			return nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return ErrIncomplete
		case err != nil:
			return &wire.SyntaxError{Msg: "The headers of a part are malformed."}
		case left == 0:
			return wire.ErrTooMany
		}
		if err := each(newPart(raw)); err != nil {
			return err
		}
	}
}

func newPart(raw *multipart.Part) *Part {
	_, params := ParseHeader(raw.Header.Get("Content-Disposition"))
	p := &Part{
		ContentType: raw.Header.Get("Content-Type"),
		Encoding:    strings.ToLower(strings.TrimSpace(raw.Header.Get("Content-Transfer-Encoding"))),
		Body:        raw,
	}
	p.Name, p.HasName = params["name"]
	p.Filename, p.HasFilename = params["filename"]
	return p
}

// ReadAll returns what is left of a part's body, at most limit bytes. A part that is cut off ends where it does.
// Errors: wire.ErrTooLarge.
func (p *Part) ReadAll(limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(p.Body, limit+1))
	if int64(len(data)) > limit {
		return nil, wire.ErrTooLarge
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil
	}
	return data, err
}

// ErrEncoding reports content that is not in the part's transfer encoding.
var ErrEncoding = errors.New("formdata: content is not in its transfer encoding")

// Content reads what is left of a part's body without its transfer encoding. A part that is cut off ends where it
// does. Reading fails with ErrEncoding.
func (p *Part) Content() io.Reader {
	whole := &endReader{p.Body}
	switch p.Encoding {
	case "base64":
		return &decodingReader{base64.NewDecoder(base64.StdEncoding, &alphabetReader{whole})}
	case "quoted-printable":
		return &decodingReader{quotedprintable.NewReader(whole)}
	}
	return whole
}

// endReader takes a cut for the end.
type endReader struct{ from io.Reader }

func (r *endReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

// alphabetReader leaves out what is not of base64.
type alphabetReader struct{ from io.Reader }

func (r *alphabetReader) Read(p []byte) (n int, err error) {
	for n == 0 && err == nil && len(p) > 0 {
		n, err = r.from.Read(p)
		n = len(bytes.Map(ofBase64, p[:n]))
	}
	return n, err
}

func ofBase64(r rune) rune {
	if 'a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9' || r == '+' || r == '/' || r == '=' {
		return r
	}
	return -1
}

// decodingReader words the faults of a decoder; those of the body stay.
type decodingReader struct{ from io.Reader }

func (r *decodingReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	var corrupt base64.CorruptInputError
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &corrupt) || err != nil && strings.HasPrefix(err.Error(), "quotedprintable:") {
		err = ErrEncoding
	}
	return n, err
}

// Decoded returns data without its transfer encoding. Characters that are not of base64 are skipped. Data that
// cannot be decoded stays; ok is then false.
func (p *Part) Decoded(data []byte) (plain []byte, ok bool) {
	switch p.Encoding {
	case "base64":
		text := bytes.Map(ofBase64, data)
		plain = make([]byte, base64.StdEncoding.DecodedLen(len(text)))
		n, err := base64.StdEncoding.Decode(plain, text)
		if err != nil {
			return data, false
		}
		return plain[:n], true
	case "quoted-printable":
		plain, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(data)))
		if err != nil {
			return data, false
		}
		return plain, true
	}
	return data, true
}

// ParseHeader parts a header into its value and its parameters, with names in lower case. Values need no quotes, not
// even with blanks inside. The bytes of a value stay as they are.
func ParseHeader(header string) (value string, params map[string]string) {
	pieces := splitQuoted(header)
	params = map[string]string{}
	for _, piece := range pieces[1:] {
		name, text, ok := strings.Cut(piece, "=")
		if !ok {
			continue
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if extended, ok := strings.CutSuffix(name, "*"); ok {
			params[extended] = extendedValue(strings.TrimSpace(text))
			continue
		}
		params[name] = unquote(strings.TrimSpace(text))
	}
	return strings.ToLower(strings.TrimSpace(pieces[0])), params
}

// splitQuoted cuts at each semicolon that is not between quotes.
func splitQuoted(header string) (pieces []string) {
	quoted, start := false, 0
	for i := 0; i < len(header); i++ {
		switch header[i] {
		case '\\':
			if quoted {
				i++
			}
		case '"':
			quoted = !quoted
		case ';':
			if !quoted {
				pieces = append(pieces, header[start:i])
				start = i + 1
			}
		}
	}
	return append(pieces, header[start:])
}

func unquote(text string) string {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return text
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(text[1 : len(text)-1])
}

// extendedValue decodes charset'language'text; a text of another form stays.
func extendedValue(text string) string {
	parts := strings.SplitN(unquote(text), "'", 3)
	if len(parts) != 3 {
		return text
	}
	plain, _ := Unescape([]byte(strings.ReplaceAll(parts[2], "+", "%2B")))
	return string(plain)
}
