package onapp

import (
	"fmt"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// fieldBase is the object as a whole: its messages stand alone, without an attribute's name.
const fieldBase core.Field = "base"

// fieldDefinition is the name of an additional field; core.FieldName is a person's.
const fieldDefinition core.Field = "additional_field_name"

// Faults of the base carry one of these keys as Value.
const (
	baseSystemRole   = "system role"
	baseRoleInUse    = "role in use"
	baseOwnAccount   = "own account"
	baseDefaultPlan  = "default bucket"
	basePlanInUse    = "bucket in use"
	baseTooManyKeys  = "too many keys"
	baseTooManyItems = "too many items"
	baseStale        = "stale"
)

// baseWords are the sentences of the base. source: vendor reference, roles (the first two); the others are ours.
var baseWords = map[string]string{
	baseSystemRole:   "system role can't be deleted",
	baseRoleInUse:    "you should unassign all users from this role first.",
	baseOwnAccount:   "you can't delete your own account",
	baseDefaultPlan:  "default bucket can't be deleted",
	basePlanInUse:    "you should unassign all users from this bucket first.",
	baseTooManyKeys:  "You have reached the maximum number of API keys",
	baseTooManyItems: "You have reached the maximum number of items",
	baseStale:        "has been changed meanwhile, please try again",
}

// attributeOf is what the wire calls a field of the core's.
func attributeOf(f core.Field) string {
	switch f {
	case core.FieldUsername:
		return "login"
	case core.FieldName:
		return "first_name"
	case core.FieldUID:
		return "identifier"
	case core.FieldHandle:
		return "api_key"
	case core.FieldKey:
		return "label"
	case fieldDefinition:
		return "name"
	}
	return string(f)
}

// message is a fault in the panel's words. source: vendor reference, users create.
func message(f core.Fault) string {
	if f.Field == fieldBase {
		if words, ok := baseWords[f.Value]; ok {
			return words
		}
	}
	switch f.Rule {
	case core.Required, core.NotNull, core.NotBlank:
		return "can't be blank"
	case core.TooShort:
		return fmt.Sprintf("is too short (minimum is %d characters)", f.Limit)
	case core.TooLong:
		return fmt.Sprintf("is too long (maximum is %d characters)", f.Limit)
	case core.Malformed:
		return malformed(f)
	case core.Taken:
		return "has already been taken"
	case core.ReadOnly:
		return "cannot be changed for a system role"
	case core.WrongPassword, core.NoSuchUser, core.Unknown:
		return "is invalid"
	}
	return "is invalid"
}

// malformed has the words of the one attribute whose form is that of another, and of numbers.
func malformed(f core.Fault) string {
	switch f.Value {
	case notAsPassword:
		return "doesn't match Password"
	case notAsConfirmation:
		return "doesn't match confirmation"
	case notANumber:
		return "is not a number"
	case outOfRange:
		return "is out of range"
	}
	return "is invalid"
}

// What a Malformed fault's Value may say.
const (
	notAsPassword     = "not as password"
	notAsConfirmation = "not as confirmation"
	notANumber        = "not a number"
	outOfRange        = "out of range"
)

// sentence is the message with its attribute in front, as XML shows it.
func sentence(f core.Fault) string {
	if f.Field == fieldBase {
		return message(f)
	}
	return humanize(attributeOf(f.Field)) + " " + message(f)
}

// humanize turns "user_group_id" into "User group".
func humanize(attribute string) string {
	words := strings.ReplaceAll(strings.TrimSuffix(attribute, "_id"), "_", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// models are the names under which missing things are missed. source: vendor reference, status codes.
var models = map[string]string{
	"user":        "User",
	kindRole:      "Role",
	kindUserGroup: "UserGroup",
	kindWhiteList: "UserWhiteList",
	kindYubikey:   "YubiKey",
	kindField:     "UserAdditionalField",
	kindBucket:    "Bucket",
	kindPayment:   "Payment",
}

// missing is the sentence of a 404.
func (d *Dialect) missing(subject string) string {
	model, ok := models[subject]
	if !ok || d.version < v30 {
		model = "Resource"
	}
	return model + " not found"
}
