package rack

import (
	"bytes"
	"cmp"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/dialects/internal/charset"
	"github.com/dragoman-gateway/dragoman/dialects/internal/formdata"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// ParseMultipart reads a multipart body and nests its parts; see Nest. A part with an empty filename is left out: no
// file was chosen. A part without a name has its file name, or its type as that of a list. Errors: *wire.SyntaxError, also for text that is not UTF-8 nor of its part's charset;
// wire.ErrTooMany (parts or files), wire.ErrTooLarge (files), and those of Nest.
func ParseMultipart(body []byte, contentType string, limits wire.Limits) (wire.Value, error) {
	_, params := formdata.ParseHeader(contentType)
	if params["boundary"] == "" {
		return wire.Value{}, &wire.SyntaxError{Msg: "The multipart body has no boundary."}
	}
	form := multipartForm{limits: limits.WithDefaults()}
	err := formdata.ReadParts(bytes.NewReader(body), params["boundary"], limits, form.add)
	if errors.Is(err, formdata.ErrIncomplete) {
		return wire.Value{}, &wire.SyntaxError{Offset: len(body), Msg: "The multipart body is cut off."}
	}
	if err != nil {
		return wire.Value{}, err
	}
	return Nest(form.pairs, limits)
}

type multipartForm struct {
	pairs  []wire.Pair
	limits wire.Limits // what is left of them
}

func (f *multipartForm) add(p *formdata.Part) error {
	data, err := p.ReadAll(f.limits.FileBytes)
	if err != nil || p.HasFilename && p.Filename == "" {
		return err
	}
	if !p.HasName {
		p.Name = cmp.Or(p.Filename, cmp.Or(p.ContentType, "text/plain")+"[]")
	}
	if p.HasFilename {
		return f.addFile(p, data)
	}
	text, ok := partText(p.ContentType, data)
	if !ok || !utf8.ValidString(p.Name) {
		return &wire.SyntaxError{Msg: "The form field is not UTF-8."}
	}
	f.pairs = append(f.pairs, wire.Pair{Name: p.Name, Value: wire.String(text)})
	return nil
}

func (f *multipartForm) addFile(p *formdata.Part, data []byte) error {
	if f.limits.Files--; f.limits.Files < 0 {
		return wire.ErrTooMany
	}
	f.limits.FileBytes -= int64(len(data))
	name := p.Filename[strings.LastIndexAny(p.Filename, `/\`)+1:]
	f.pairs = append(f.pairs, wire.Pair{Name: p.Name, Value: wire.Upload(&wire.File{Filename: name, ContentType: p.ContentType, Data: data})})
	return nil
}

// partText decodes a part by the charset that it declares.
func partText(contentType string, data []byte) (text string, ok bool) {
	_, params := formdata.ParseHeader(contentType)
	cs, _ := charset.Lookup(params["charset"])
	return cs.Decode(data)
}
