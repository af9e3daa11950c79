package syncano

import (
	"errors"
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// body is a request's body, read at most once, when it is first needed: by
// authentication, by the handler, or by an error on its way out.
type body struct {
	read bool
	form bool // it came as a form: all scalars are strings, absent booleans false
	root wire.Value
	err  error // 400, 413 or 415, ready for the client
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
	err := wire.WithBody(c.req, c.d.cfg.MaxBody, func(text []byte) error {
		if len(text) == 0 {
			return nil
		}
		return c.parseBody(text)
	})
	c.body.err = bodyError(err)
	return c.body.err
}

func (c *call) parseBody(text []byte) (err error) {
	contentType := c.req.Header.Get("Content-Type")
	switch wire.MediaType(contentType) {
	case "application/json", "text/plain":
		c.body.root, err = schema.ParseJSON(text, c.d.cfg.Body)
		return err
	case "application/x-www-form-urlencoded":
		pairs, err := wire.ParseForm(text, c.d.cfg.Body)
		return c.takeForm(pairs, err)
	case "multipart/form-data":
		limits := c.d.cfg.Body
		limits.FileBytes = c.d.cfg.MaxBody
		pairs, err := wire.ParseMultipart(text, contentType, limits)
		return c.takeForm(pairs, err)
	}
	return unsupportedType(contentType)
}

func (c *call) takeForm(pairs []wire.Pair, err error) error {
	if err != nil {
		return err
	}
	for i := range pairs {
		if pairs[i].Value.IsNull() {
			pairs[i].Value = wire.String("")
		}
	}
	c.body.form = true
	c.body.root, err = wire.NestDotted(pairs, c.d.cfg.Body)
	return err
}

// bodyError turns what reading or parsing failed with into the client's error.
func bodyError(err error) error {
	var syntax *wire.SyntaxError
	var answer *answerError
	switch {
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
