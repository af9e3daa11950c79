package syncano

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/query"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// answerError is a failure that is ready for the client: a status and a body.
type answerError struct {
	status int
	key    string // member that holds text; "" writes a bare array
	text   string
	list   bool // text is the only item of an array
	retry  time.Duration
}

// Error is for the log.
func (e *answerError) Error() string { return strconv.Itoa(e.status) + " " + e.key + ": " + e.text }

func (e *answerError) write(o *wire.Enc) {
	if e.key == "" {
		o.Arr().Str(e.text).End()
		return
	}
	o.Obj().Key(e.key)
	if e.list {
		o.Arr().Str(e.text).End()
	} else {
		o.Str(e.text)
	}
	o.End()
}

func detailError(status int, text string) error {
	return &answerError{status: status, key: "detail", text: text}
}

// wholeError is a fault of the whole object.
func wholeError(text string) error {
	return &answerError{status: http.StatusBadRequest, key: "non_field_errors", text: text, list: true}
}

// plainError is one of the faults that are a string where others are a list.
func plainError(key, text string) error {
	return &answerError{status: http.StatusBadRequest, key: key, text: text}
}

// fieldError is one fault of one field.
func fieldError(field, text string) error {
	return &answerError{status: http.StatusBadRequest, key: field, text: text, list: true}
}

// Errors that always read the same. They never change.
var (
	errNotFound       = &core.Error{Kind: core.NotFound}
	errForbidden      = detailError(http.StatusForbidden, msgForbidden)
	errNoSuchKey      = detailError(http.StatusForbidden, "No such API Key.")
	errNotAcceptable  = detailError(http.StatusNotAcceptable, "Could not satisfy the request Accept header.")
	errBodyTooLarge   = detailError(http.StatusRequestEntityTooLarge, msgTooLarge)
	errNoInstance     = detailError(http.StatusNotFound, "Instance was not found.")
	errNoClass        = detailError(http.StatusNotFound, "Class was not found.")
	errNoUser         = detailError(http.StatusNotFound, "User was not found.")
	errNoGroup        = detailError(http.StatusNotFound, "Group was not found.")
	errWrongUsername  = detailError(http.StatusUnauthorized, msgWrongUsername)
	errWrongPassword  = detailError(http.StatusUnauthorized, msgWrongPassword)
	errWrongEmail     = detailError(http.StatusUnauthorized, "Invalid email.")
	errWrongToken     = detailError(http.StatusUnauthorized, "Invalid authorization token.")
	errWrongBackend   = detailError(http.StatusBadRequest, "Unsupported social backend.")
	errNoRegistration = detailError(http.StatusBadRequest, "Registration disabled.")
	errAlreadyActive  = detailError(http.StatusBadRequest, "Account has already been activated.")
	errNoMail         = detailError(http.StatusBadRequest, "Passwords cannot be reset by e-mail here.")
	errNoUserCreate   = detailError(http.StatusForbidden, "You do not have permission to create new user.")
	errBadToken       = detailError(http.StatusBadRequest, "Invalid token.")
	errAlreadyMember  = detailError(http.StatusBadRequest, "User is already a part of that group.")
	errTooManyGroups  = detailError(http.StatusBadRequest, "User's group count exceeded (32).")
	errAnswerTooLarge = detailError(http.StatusBadRequest, msgAnswerTooLarge)
	errTooSlow        = detailError(http.StatusRequestTimeout, "Requested query took too long. Timeout was reached.")
)

func methodNotAllowed(method string) error {
	return detailError(http.StatusMethodNotAllowed, "Method \""+method+"\" not allowed.")
}

func unsupportedType(contentType string) error {
	return detailError(http.StatusUnsupportedMediaType, "Unsupported media type \""+contentType+"\" in request.")
}

// fail is the only place with an error's status codes. A body that cannot be
// parsed is reported whatever else was wrong, as the original does.
func (c *call) fail(err error) {
	if bodyErr := c.readBody(); bodyErr != nil && core.KindOf(err) != core.Busy && !c.body.withheld {
		err = bodyErr
	}
	w := c.echo.Response().Writer
	dialects.NoteError(w, err)
	w.Header()["Allow"] = c.ep.allow
	enc := wire.NewEnc(c.style())
	defer enc.Release()
	send(w, c.d.render(w, enc, err), enc)
}

// Render answers err as the API does.
func (d *Dialect) Render(w http.ResponseWriter, err error) {
	enc := wire.NewEnc(wire.Compact())
	defer enc.Release()
	send(w, d.render(w, enc, err), enc)
}

// render writes the error's body and returns its status.
func (d *Dialect) render(w http.ResponseWriter, enc *wire.Enc, err error) int {
	var answer *answerError
	var faults *problems
	var items *listProblems
	var list *query.Error
	if errors.As(err, &list) {
		err = queryAnswer(list)
	}
	switch {
	case errors.As(err, &answer):
		if answer.retry > 0 {
			w.Header().Set("Retry-After", wholeSeconds(answer.retry))
		}
		answer.write(enc)
		return answer.status
	case errors.As(err, &faults):
		faults.write(enc)
		return http.StatusBadRequest
	case errors.As(err, &items):
		items.write(enc)
		return http.StatusBadRequest
	}
	return d.renderCore(w, enc, err)
}

// renderCore answers the core's kinds of failure.
func (d *Dialect) renderCore(w http.ResponseWriter, enc *wire.Enc, err error) int {
	status := http.StatusInternalServerError
	switch e := core.AsError(err); core.KindOf(err) {
	case core.Invalid, core.Conflict:
		if p := faultErrors(e); p.err() != nil {
			p.write(enc)
			return http.StatusBadRequest
		}
		status = http.StatusBadRequest
	case core.NotFound:
		enc.Obj().Key("detail").Str(d.notFoundText()).End()
		return http.StatusNotFound
	case core.Unauthenticated, core.Forbidden:
		status = http.StatusForbidden
	case core.Stale:
		status = http.StatusConflict
	case core.Busy:
		w.Header().Set("Retry-After", "1")
		status = http.StatusServiceUnavailable
	}
	enc.Obj().Key("detail").Str(statusMessage(status, 0)).End()
	return status
}

func (d *Dialect) notFoundText() string {
	if d.cfg.DottedNotFound {
		return "Not found."
	}
	return "Not found"
}

// faultErrors words the core's faults. Faults of fields that this dialect's clients
// cannot set are omitted.
func faultErrors(e *core.Error) *problems {
	p := &problems{}
	for _, f := range e.Faults {
		switch f.Field {
		case core.FieldUsername, core.FieldPassword, core.FieldEmail, core.FieldName: // the last two are of mapped fields
			p.add(string(f.Field), faultMessage(f))
		case core.FieldAttributes:
			p.add("non_field_errors", msgObjectTooLarge)
		case core.FieldKey: // two made the same at once: looking first found nothing
			if e.Subject == instanceKind || e.Subject == groupKind || e.Subject == schema.ClassKind {
				p.add("name", faultMessage(f))
			}
		}
	}
	return p
}

// Refuse implements [dialects.Dialect].
func (d *Dialect) Refuse(w http.ResponseWriter, _ *http.Request, why dialects.Refusal) {
	enc := wire.NewEnc(wire.Compact())
	defer enc.Release()
	w.Header()["Vary"] = varyOrigin
	if why.RetryAfter > 0 {
		w.Header().Set("Retry-After", wholeSeconds(why.RetryAfter))
	}
	enc.Obj().Key("detail").Str(statusMessage(why.Status, why.RetryAfter)).End()
	send(w, why.Status, enc)
}

func send(w http.ResponseWriter, status int, enc *wire.Enc) {
	w.Header()["Content-Type"] = jsonType
	w.WriteHeader(status)
	_, _ = w.Write(enc.Bytes()) // the client may be gone
}

// wholeSeconds is a wait in whole seconds, at least one.
func wholeSeconds(d time.Duration) string {
	return strconv.FormatInt(max(1, int64((d+time.Second-1)/time.Second)), 10)
}

// notFoundPage is the answer to a path that is no route at all, such as one
// without its final slash: a page, not JSON, as in the original.
func notFoundPage(c echo.Context) {
	w := c.Response().Writer
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write([]byte("<h1>Not Found</h1><p>The requested resource was not found on this server.</p>"))
}

// problems are the faults of a body, in the order in which they are reported.
type problems struct{ list []problem }

type problem struct {
	field    string
	messages []string
	nested   *problems
}

// add adds messages to those that the field has.
func (p *problems) add(field string, messages ...string) {
	if len(messages) == 0 {
		return
	}
	for i := range p.list {
		if p.list[i].field == field && p.list[i].nested == nil {
			p.list[i].messages = append(p.list[i].messages, messages...)
			return
		}
	}
	p.list = append(p.list, problem{field: field, messages: messages})
}

func (p *problems) nest(field string, nested *problems) {
	if len(nested.list) > 0 {
		p.list = append(p.list, problem{field: field, nested: nested})
	}
}

// err is p if there is any fault.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	return p
}

// explained returns a refusal of a request with its messages, which the log leaves out, for
// an operator whose own file is refused.
func explained(err error) error {
	var p *problems
	var a *answerError
	switch {
	case errors.As(err, &p):
		var texts []string
		for _, one := range p.list {
			texts = append(texts, one.field+": "+strings.Join(one.messages, " "))
		}
		return errors.New(strings.Join(texts, "; "))
	case errors.As(err, &a):
		return errors.New(a.key + ": " + a.text)
	}
	return err
}

// Error is for the log.
func (p *problems) Error() string {
	text := "400"
	for _, one := range p.list {
		text += " " + one.field
	}
	return text
}

func (p *problems) write(o *wire.Enc) {
	o.Obj()
	for _, one := range p.list {
		o.Key(one.field)
		if one.nested != nil {
			one.nested.write(o)
			continue
		}
		o.Arr()
		for _, m := range one.messages {
			o.Str(m)
		}
		o.End()
	}
	o.End()
}

// Fail implements [dialects.Failer].
func (d *Dialect) Fail(w http.ResponseWriter, _ *http.Request, err error) {
	dialects.NoteError(w, err)
	d.Render(w, err)
}
