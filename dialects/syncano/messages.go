package syncano

import (
	"net/http"
	"strconv"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// Messages about one field, as the original's framework words them.
const (
	msgRequired  = "This field is required."
	msgNull      = schema.MsgNull
	msgBlank     = "This field may not be blank."
	msgUnique    = "This field must be unique."
	msgBadEmail  = "Enter a valid email address."
	msgNotString = schema.MsgNotString
)

func notChoice(text string) string { return "\"" + text + "\" is not a valid choice." }

func noSuchPK(text string) string { return "Invalid pk \"" + text + "\" - object does not exist." }

// Messages about a whole request. Those of the errors below are used by the
// refusals of the edge too.
const (
	msgForbidden      = "You do not have permission to perform this action."
	msgObjectTooLarge = "Object maximum size exceeded."
	msgWrongPassword  = "Invalid password."
	msgWrongUsername  = "Invalid username."
	msgAnswerTooLarge = "Response is too large. Ask for fewer objects."
	msgTooLarge       = "Request body is too large."
	msgTimedOut       = "Request timed out."
	msgBadRequest     = "Bad request."
	msgBusy           = "Service is busy. Try again later."
	msgInternal       = "Internal server error."
)

// faultMessage is the message for a broken rule; see REFERENCE.md, "Field messages".
func faultMessage(f core.Fault) string {
	switch f.Rule {
	case core.Required:
		return msgRequired
	case core.NotNull:
		return msgNull
	case core.NotBlank:
		return msgBlank
	case core.TooShort:
		return "Ensure this field has at least " + strconv.Itoa(f.Limit) + " characters."
	case core.TooLong:
		return schema.MsgTooLong(f.Limit)
	case core.Taken:
		return msgUnique
	case core.Unknown:
		return noSuchPK(f.Value)
	case core.ReadOnly:
		return "This field cannot be changed."
	case core.WrongPassword:
		return msgWrongPassword
	case core.NoSuchUser:
		return msgWrongUsername
	case core.Malformed:
		return msgNotString
	}
	return "Invalid value."
}

// statusMessage is the message of a status that is not about a field.
func statusMessage(status int, wait time.Duration) string {
	switch status {
	case http.StatusBadRequest:
		return msgBadRequest
	case http.StatusForbidden:
		return msgForbidden
	case http.StatusRequestTimeout:
		return msgTimedOut
	case http.StatusConflict:
		return "The object was changed meanwhile."
	case http.StatusRequestEntityTooLarge:
		return msgTooLarge
	case http.StatusTooManyRequests:
		return throttledMessage(wait)
	case http.StatusRequestHeaderFieldsTooLarge:
		return "Request header is too large."
	case http.StatusServiceUnavailable:
		return msgBusy
	}
	return msgInternal
}

func throttledMessage(wait time.Duration) string {
	n := wholeSeconds(wait)
	if n == "1" {
		return "Request was throttled. Expected available in 1 second."
	}
	return "Request was throttled. Expected available in " + n + " seconds."
}
