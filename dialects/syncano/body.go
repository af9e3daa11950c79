package syncano

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/charset"
	"github.com/dragoman-gateway/dragoman/dialects/internal/django"
	"github.com/dragoman-gateway/dragoman/dialects/internal/formdata"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// body is a request's body, read at most once, when it is first needed: by
// authentication, by the handler, or by an error on its way out.
type body struct {
	read    bool
	form    bool // it came as a form: all scalars are strings, absent booleans false
	root    wire.Value
	err     error    // 400, 413 or 415, ready for the client
	spooled []string // paths of the body's files, which release removes unless they are kept
	// withheld: the caller is unknown, and the body is larger than maxUnknownBody.
	withheld bool
}

// readBody parses the body by its content type. No body is an empty object.
func (c *call) readBody() error {
	if c.body.read {
		return c.body.err
	}
	c.body.read = true
	c.body.root = wire.Object()
	if c.req.Body == nil || c.req.Body == http.NoBody {
		return nil
	}
	limit := c.bodyLimit()
	var err error
	if wire.MediaType(c.req.Header.Get("Content-Type")) == "multipart/form-data" {
		err = c.readMultipart(limit)
	} else {
		err = wire.WithBody(c.req, limit, func(text []byte) error {
			if len(text) == 0 {
				return nil
			}
			return c.parseBody(text)
		})
	}
	c.body.withheld = limit < c.d.cfg.MaxBody && errors.Is(err, wire.ErrTooLarge)
	c.body.err = bodyError(err)
	return c.body.err
}

// maxUnknownBody is the largest body that is read of a caller without a valid key
// outside of the body, in bytes.
const maxUnknownBody = 64 << 10

// bodyLimit is how much of the body is read. The key is looked up only where that
// matters. A key within a large body is not found, then: the caller has none.
func (c *call) bodyLimit() int64 {
	limit := c.d.cfg.MaxBody
	if limit <= maxUnknownBody || c.req.ContentLength >= 0 && c.req.ContentLength <= maxUnknownBody || hasKnownKey(c) {
		return limit
	}
	return maxUnknownBody
}

func (c *call) parseBody(text []byte) (err error) {
	contentType := c.req.Header.Get("Content-Type")
	switch wire.MediaType(contentType) {
	case "application/json", "text/plain":
		c.body.root, err = c.parseJSON(text)
		return err
	case "application/x-www-form-urlencoded":
		pairs, err := django.ParseQuery(text, c.charset(), c.d.cfg.Body)
		return c.takeForm("Form", pairs, err)
	}
	return unsupportedType(contentType)
}

// readMultipart reads a body whose files go to the disk as they come. Callers who may
// send whole bodies may send files on top of them.
func (c *call) readMultipart(limit int64) error {
	limits := c.d.cfg.Body
	limits.FieldBytes, limits.FileBytes = limit, limit
	var spool django.Spool
	if limit == c.d.cfg.MaxBody && c.d.files.Enabled() && hasKnownKey(c) {
		limits.FileBytes = c.d.cfg.MaxFiles
		limit += c.d.cfg.MaxFiles
		spool = c.spool
	}
	if c.req.ContentLength == 0 {
		return nil
	}
	body := wire.NewBodyReader(c.req, limit)
	pairs, err := django.ParseMultipart(body, c.req.Header.Get("Content-Type"), c.charset(), limits, spool)
	if failed := body.Err(); failed != nil {
		return failed
	}
	return c.takeForm("Multipart form", pairs, err)
}

// spool implements [django.Spool].
func (c *call) spool(content io.Reader) (path string, size int64, err error) {
	path, size, err = c.d.files.Spool(&releasingReader{content, c.req})
	if path != "" {
		c.body.spooled = append(c.body.spooled, path)
	}
	return path, size, err
}

// releasingReader says of all that it reads that it is not held in memory.
type releasingReader struct {
	from io.Reader
	req  *http.Request
}

func (r *releasingReader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	dialects.ReleaseBody(r.req, int64(n))
	return n, err
}

// charset is the one that the request declares, for its body and its query; UTF-8 if it is unknown.
func (c *call) charset() charset.Charset {
	if contentType := c.req.Header.Get("Content-Type"); strings.Contains(contentType, "=") {
		_, params := formdata.ParseHeader(contentType)
		declared, _ := charset.Lookup(params["charset"])
		return declared
	}
	return charset.Charset{}
}

// parseJSON reads JSON in the declared charset, of which every byte must be.
func (c *call) parseJSON(text []byte) (wire.Value, error) {
	if declared := c.charset(); !declared.IsUTF8() {
		decoded, ok := declared.Decode(text)
		if !ok {
			return wire.Value{}, &wire.SyntaxError{Msg: "The text is not of its charset."}
		}
		text = []byte(decoded)
	}
	return schema.ParseJSON(text, c.d.cfg.Body)
}

// takeForm makes the fields of a form the body; kind is what errors call it.
func (c *call) takeForm(kind string, pairs []wire.Pair, err error) error {
	var multipart *django.MultipartError
	switch {
	case errors.As(err, &multipart):
		return detailError(http.StatusBadRequest, kind+" parse error - "+multipart.Msg)
	case errors.Is(err, wire.ErrTooMany):
		return detailError(http.StatusBadRequest, kind+" parse error - Too many fields.")
	case err != nil:
		return err
	}
	c.body.form = true
	pairs = slices.DeleteFunc(pairs, c.isUnset)
	c.body.root, err = wire.NestDotted(pairs, c.d.cfg.Body)
	return err
}

// isUnset reports whether a field of a form is one of those that may be absent
// and is blank: a form has no other way to leave a field out.
func (c *call) isUnset(p wire.Pair) bool {
	switch strings.TrimPrefix(p.Name, "profile.") {
	case "acl":
		return c.v.v2 && isBlank(p.Value)
	case "owner_permissions", "group_permissions", "other_permissions", "expected_revision":
		return isBlank(p.Value)
	}
	return false
}

func isBlank(v wire.Value) bool {
	text, ok := v.Str()
	return ok && text == ""
}

// bodyError turns what reading or parsing failed with into the client's error.
func bodyError(err error) error {
	var syntax *wire.SyntaxError
	var answer *answerError
	switch {
	case core.KindOf(err) == core.Busy:
		return core.ErrBusy
	case err == nil, errors.As(err, &answer):
		return err
	case errors.As(err, &syntax):
		return detailError(http.StatusBadRequest, "JSON parse error - "+syntax.Error())
	case errors.Is(err, wire.ErrTooLarge):
		return errBodyTooLarge
	case errors.Is(err, wire.ErrTooSlow):
		return detailError(http.StatusRequestTimeout, "Request timed out.")
	case errors.Is(err, wire.ErrTooDeep), errors.Is(err, wire.ErrTooMany):
		return detailError(http.StatusBadRequest, "JSON parse error - Terminate parsing due to Handler error.")
	}
	return detailError(http.StatusBadRequest, "JSON parse error - The body could not be read.")
}

// object returns the body as an object, or the 400 for one that is not.
func (c *call) bodyObject() (wire.Value, error) {
	if err := c.readBody(); err != nil {
		return wire.Value{}, err
	}
	return c.body.root, notObject(c.body.root)
}

// notObject is the fault of a document that should have been an object.
func notObject(v wire.Value) error {
	switch v.Kind() {
	case wire.KindObject:
		return nil
	case wire.KindNull:
		return wholeError("No data provided")
	}
	return wholeError(notDictionary(v))
}

func notDictionary(v wire.Value) string {
	return "Invalid data. Expected a dictionary, but got " + pystyle.TypeName(v) + "."
}

// untunnel carries out the method that a text/plain POST names in its body:
// browsers send such a request without asking the server first.
func (c *call) untunnel() error {
	if c.method != http.MethodPost || wire.MediaType(c.req.Header.Get("Content-Type")) != "text/plain" {
		return nil
	}
	if err := c.readBody(); err != nil {
		return err
	}
	named, _ := c.body.root.Get("_method")
	method, _ := named.Str()
	switch method = strings.ToUpper(method); method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		c.method = method
	}
	return nil
}
