package econtext

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// The vendor's sentences. See REFERENCE.md, "Errors", and the section of each noun.
const (
	textNotAnInteger      = "The value must be an integer."
	textInvalidEmail      = "Invalid email address"
	textNoEmail           = "A valid email address is required to create a new user" // v2, also of a malformed one
	textShortPassword     = "Password must be at least 7 characters long"
	textNoPassword        = "Password must be included" // v2
	textInvalidStatus     = "Invalid status"
	textSystemApplication = "Cannot delete the system application"
	textLastApplication   = "A User must be associated with at least one Application"
	textGroupsLeft        = "Groups must be deleted before application deletion is possible"
	textNewOrgAdmin       = "'User' object has no attribute 'new_org_admin'"           // v2
	textParameters        = "'Application' object has no attribute 'set_paramameters'" // v2
	textGroupWithoutID    = "'Group' object has no attribute 'id'"                     // v2
	textUnauthorized      = "Authentication required"
	textInvalidMethod     = "Invalid HTTP method"
)

// Our own sentences, for what the vendor's server does not have.
const (
	textNegative      = "The value must not be negative."
	textNULInPassword = "A password cannot hold a NUL character"
	textNULInSecret   = "A secret cannot hold a NUL character"
	textForeignGroup  = "User is not a member of the application of group "
	textInternal      = "Internal Server Error"
	textConflict      = "The request conflicts with the present state."
	textStale         = "The object has been changed by another request. Please try again."
	textForbidden     = "You are not allowed to do this."
	textTooDeep       = "The request body is nested too deeply or has too many values."
	textBodyTooSlow   = "The request body took too long."
	textTaken         = "The value is in use already"
)

// refusalTexts are the sentences of what is refused before or around a request, by status.
var refusalTexts = map[int]string{
	http.StatusRequestTimeout:              "The request took too long.",
	http.StatusRequestEntityTooLarge:       "The request body is too large.",
	http.StatusTooManyRequests:             "Too many requests. Please try again later.",
	http.StatusRequestHeaderFieldsTooLarge: "The request header is too large.",
	http.StatusServiceUnavailable:          "The server is busy. Please try again.",
}

func refusal(status int) *failure {
	if text, ok := refusalTexts[status]; ok {
		return plain(status, text)
	}
	if status == http.StatusBadRequest {
		return badRequest("The request cannot be read.")
	}
	return crash(textInternal)
}

// invalid answers a value that is not accepted, and an unknown id in the path.
func invalid(param, msg string) *failure {
	return &failure{
		status: http.StatusBadRequest, title: "Invalid parameter",
		text: `The "` + param + `" parameter is invalid. ` + msg,
	}
}

// missing answers the lack of a required field.
func missing(param string) *failure {
	return &failure{
		status: http.StatusBadRequest, title: "Missing parameter",
		text: `The "` + param + `" parameter is required.`,
	}
}

// conflict answers what the present state does not allow.
func conflict(msg string) *failure {
	return &failure{status: http.StatusConflict, title: "409 Conflict", text: msg}
}

// crash answers as the vendor's server does after an exception. The text stands
// twice: the vendor's stack trace is not imitated.
func crash(text string) *failure {
	return &failure{status: http.StatusInternalServerError, title: text, text: text}
}

// unauthorized is the same for every reason why a caller is refused.
func unauthorized() *failure {
	return &failure{status: http.StatusUnauthorized, title: statusText(http.StatusUnauthorized), text: textUnauthorized}
}

func badRequest(text string) *failure {
	return &failure{status: http.StatusBadRequest, title: "Bad request", text: text}
}

// plain is a refusal that the vendor's server does not have.
func plain(status int, text string) *failure {
	return &failure{status: status, title: statusText(status), text: text}
}

// mustBeDisabled refuses the deletion of what is not DISABLED.
func mustBeDisabled(kind string) *failure {
	return conflict(nounOf(kind).word + " must be disabled before deletion is possible")
}

// usersLeft refuses the deletion of what users belong to.
func usersLeft(word string) *failure {
	return conflict("Users must be deleted or updated before " + word + " deletion is possible")
}

// noun is what the vendor calls a kind of object, and the path parameter that names one.
type noun struct{ param, word string }

func nounOf(kind string) noun {
	switch kind {
	case kindApplication:
		return noun{"appid", "Application"}
	case kindGroup:
		return noun{"groupid", "Group"}
	case kindOrganization:
		return noun{"orgid", "Organization"}
	case kindAPIKey:
		return noun{"apikeyid", "ApiKey"}
	}
	return noun{"userid", "User"}
}

// unknown is the answer to an unknown id in the path. Lists of members have
// words that differ; so has nearly everything in the profile v2.
func (c *call) unknown(kind string) *failure {
	n := nounOf(kind)
	id, param, path := c.param(n.param), n.param, c.Path()
	ofMembers := strings.HasSuffix(path, "/users") || strings.HasSuffix(path, "/groups")
	if c.d.v2 && (kind != kindApplication || ofMembers) {
		param = id // its server confuses the two
	}
	switch {
	case c.d.v2 && strings.Contains(path, ":userid/"):
		return crash(n.word + " " + id + " not found")
	case ofMembers:
		return invalid(param, n.word+" could not be found")
	case c.d.v2 && kind == kindGroup && c.Request().Method == http.MethodGet:
		return invalid(param, "Organization not found")
	}
	return invalid(param, n.word+" not found")
}

// unknownInList is the answer to an unknown id in a list of ids.
func (d *Dialect) unknownInList(kind, id string) *failure {
	switch {
	case d.v2:
		return crash(nounOf(kind).word + " " + id + " not found")
	case kind == kindApplication:
		return invalid("applications", "Couldn't find application "+id)
	}
	return invalid("groups", "Couldn't find group "+id)
}

// ruleTexts are the words for the core's rules, but for Required and Taken.
var ruleTexts = map[core.Rule]string{
	core.NotNull:       "The value must not be null",
	core.NotBlank:      "The value must not be blank",
	core.Malformed:     "The value is malformed",
	core.TooShort:      "The value must be at least %d characters long",
	core.TooLong:       "The value must be at most %d characters long",
	core.Unknown:       "The value names nothing that is known",
	core.ReadOnly:      "The value cannot be changed",
	core.WrongPassword: "The password is wrong",
	core.NoSuchUser:    "User not found",
}

// faultFailure has words for each of the core's rules. The vendor's answers name
// one fault only, the first.
func (d *Dialect) faultFailure(subject string, f core.Fault) *failure {
	param := paramOf(subject, f.Field)
	switch text, ok := ruleTexts[f.Rule]; {
	case f.Rule == core.Taken:
		return d.taken(subject, f.Field)
	case f.Rule == core.Required:
		return missing(param)
	case f.Rule == core.TooShort && f.Field == core.FieldPassword:
		return invalid(param, fmt.Sprintf("Password must be at least %d characters long", f.Limit))
	case f.Rule == core.TooShort || f.Rule == core.TooLong:
		return invalid(param, fmt.Sprintf(text, f.Limit))
	case ok:
		return invalid(param, text)
	}
	return invalid(param, "The value is not accepted")
}

// paramOf is the vendor's name of a core field. Any other field is an attribute: a name within custom_data.
func paramOf(subject string, f core.Field) string {
	switch f {
	case core.FieldUID:
		return "id"
	case core.FieldKey:
		if subject == kindAPIKey {
			return "id"
		}
		return "name"
	case core.FieldUsername, core.FieldEmail, core.FieldName, core.FieldPassword:
		return string(f)
	}
	return memberCustomData
}

// taken answers a value that must be unique and is not. For groups and
// organizations, and in the profile v2 for users, that is an exception of the vendor's server.
func (d *Dialect) taken(subject string, field core.Field) *failure {
	isID := field == core.FieldUID
	switch subject {
	case kindApplication:
		if isID {
			return invalid("id", "An Application with that id already exists")
		}
		return invalid("name", "An application with that name already exists")
	case kindGroup:
		if isID {
			return crash("A Group with that id already exists")
		}
		return crash("A Group with this name already exists for this Application")
	case kindOrganization:
		if isID {
			return crash("An Organization with that id already exists")
		}
		return crash("An Organization with this name already exists")
	case kindAPIKey:
		return invalid("id", "An ApiKey with that id already exists")
	}
	switch {
	case isID:
		return invalid("id", "A User with that id already exists")
	case field == core.FieldEmail && d.v2:
		return crash("A User with that email address already exists")
	case field == core.FieldEmail:
		return invalid("email", "A user with that email address already exists")
	case field == core.FieldUsername && d.v2:
		return crash("A User with that username already exists")
	case field == core.FieldUsername:
		return invalid("username", "A user with that username already exists")
	}
	return invalid(paramOf(subject, field), textTaken)
}
