package wire

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"unicode/utf8"
)

// ParseMultipart reads a multipart/form-data body, whose boundary stands in the Content-Type header. Parts with a
// file name become files, the others strings. Errors: *SyntaxError, ErrTooMany (parts or files), ErrTooLarge (files).
func ParseMultipart(data []byte, contentType string, limits Limits) ([]Pair, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, &SyntaxError{0, "Invalid boundary in multipart form data."}
	}
	form := multipartForm{limits: limits.WithDefaults()}
	parts := multipart.NewReader(bytes.NewReader(data), params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF { // bare after the closing boundary; wrapped when that is missing
			return form.pairs, nil
		}
		if err != nil {
			return nil, &SyntaxError{len(data), "The multipart form data is malformed."}
		}
		if err := form.add(part); err != nil {
			return nil, err
		}
	}
}

type multipartForm struct {
	pairs  []Pair
	limits Limits // what is still left of them
}

func (f *multipartForm) add(part *multipart.Part) error {
	if f.limits.Pairs--; f.limits.Pairs < 0 {
		return ErrTooMany
	}
	data, err := io.ReadAll(part)
	if err != nil {
		return &SyntaxError{0, "A part of the multipart form data is cut off."}
	}
	value, err := f.value(part, data)
	if err != nil {
		return err
	}
	name := part.FormName()
	if !utf8.ValidString(name) || !utf8.ValidString(value.text) {
		return &SyntaxError{0, "The form field is not UTF-8."}
	}
	if name != "" {
		f.pairs = append(f.pairs, Pair{name, value})
	}
	return nil
}

func (f *multipartForm) value(part *multipart.Part, data []byte) (Value, error) {
	if part.FileName() == "" {
		return String(string(data)), nil
	}
	if f.limits.Files--; f.limits.Files < 0 {
		return Value{}, ErrTooMany
	}
	if f.limits.FileBytes -= int64(len(data)); f.limits.FileBytes < 0 {
		return Value{}, ErrTooLarge
	}
	return Upload(&File{Filename: part.FileName(), ContentType: part.Header.Get("Content-Type"), Data: data}), nil
}
