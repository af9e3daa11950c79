package scim

import (
	"fmt"
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// What clients are told.
const (
	textForeignGroup = "Groups of other APIs cannot be changed by SCIM."
	textNotFound     = "The resource does not exist."
	textNoToken      = "A bearer token is needed."
	textUnknownToken = "The bearer token is not valid."
	textReadOnly     = "The token may only read."
	textForbidden    = "The token may not change this user."
	textConflict     = "The current state does not allow it."
	textStale        = "Another client changed the resource meanwhile."
	textVersion      = "The resource has another version."
	textMediaType    = "The body must be application/scim+json or application/json."
	textNotJSON      = "The body is not a JSON object."
	textTooDeep      = "The body is nested too deeply or has too many values."
	textProtocol     = "The protocol version is v2."
	textMe           = "A token does not belong to a user."
	textNoFilter     = "This list cannot be filtered."
	textTooMany      = "The filter would have to look at too many resources."
	textPageTooLarge = "The page is too large. Ask for fewer resources, or for fewer attributes."
	textNoMember     = "None of the members is a user."
)

// refusal is the answer to a request that is refused before it is read, or for a
// reason that the client cannot know.
func refusal(status int) *failure {
	text := map[int]string{
		http.StatusBadRequest:                  "The request is malformed.",
		http.StatusRequestTimeout:              "The request did not arrive in time.",
		http.StatusRequestEntityTooLarge:       "The body is too large.",
		http.StatusTooManyRequests:             "There are too many requests.",
		http.StatusRequestHeaderFieldsTooLarge: "The header is too large.",
		http.StatusServiceUnavailable:          "The server is too busy.",
	}[status]
	if text == "" {
		text = "An internal error occurred."
	}
	return &failure{status: status, detail: text}
}

// faultFailure is the answer to a field that broke a rule.
func faultFailure(subject string, f core.Fault) *failure {
	name := attributeOf(subject, f.Field)
	if f.Rule == core.Taken {
		return &failure{status: http.StatusConflict, scimType: "uniqueness", detail: fmt.Sprintf("The attribute %q has a value that another resource has.", name)}
	}
	scimType := schema.InvalidValue
	if f.Rule == core.ReadOnly {
		scimType = schema.IsReadOnly
	}
	return bad(scimType, fmt.Sprintf("The attribute %q %s.", name, ruleWords(f)))
}

// attributeOf is SCIM's name of a field.
func attributeOf(subject string, f core.Field) string {
	switch f {
	case core.FieldUsername:
		return attrUserName
	case core.FieldEmail:
		return attrEmails
	case core.FieldUID:
		return schema.ID
	case core.FieldName, core.FieldKey:
		if subject == kindGroup {
			return attrDisplayName
		}
	}
	return string(f)
}

func ruleWords(f core.Fault) string {
	switch f.Rule {
	case core.Required:
		return "is required"
	case core.NotNull:
		return "must not be null"
	case core.NotBlank:
		return "must not be blank"
	case core.TooShort:
		return fmt.Sprintf("has fewer than %d characters", f.Limit)
	case core.TooLong:
		return fmt.Sprintf("has more than %d characters", f.Limit)
	case core.Malformed:
		return "is malformed"
	case core.Unknown:
		return "refers to a resource that does not exist"
	case core.ReadOnly:
		return "cannot be changed"
	case core.WrongPassword:
		return "is not the current password"
	case core.NoSuchUser:
		return "names a user that does not exist"
	}
	return "is not valid"
}
