package onapp

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
)

// Every text that a client can read in a refusal is in this file. The names of statuses are
// net/http's, which are also those of Rails.

// Fields that the core does not know. fieldBase is the object as a whole: its messages stand
// without an attribute.
const (
	fieldBase         core.Field = "base"
	fieldConfirmation core.Field = "password_confirmation"
	fieldFirstName    core.Field = "first_name"
	fieldLastName     core.Field = "last_name"
	fieldLabel        core.Field = "label"
	fieldDefinition   core.Field = "additional_field_name" // core.FieldName is the name of a user
	fieldSSHKey       core.Field = "ssh_key_text"          // core.FieldKey is the key of a group
)

// Messages of a Malformed fault, given as its Value. The first two of the base are the panel's: see
// REFERENCE.md, "Roles and permissions". The others are ours.
const (
	messageSystemRole    = "system role can't be deleted"
	messageRoleInUse     = "you should unassign all users from this role first."
	messageOwnAccount    = "you can't delete your own account"
	messageDefaultBucket = "default bucket can't be deleted"
	messageBucketInUse   = "you should unassign all users from this bucket first."
	messageTooManyKeys   = "You have reached the maximum number of API keys"
	messageTooManyItems  = "You have reached the maximum number of items"
	messageStale         = "has been changed meanwhile, please try again"

	messageNotPassword     = "doesn't match Password"
	messageNotConfirmation = "doesn't match confirmation"
	messageNotANumber      = "is not a number"
	messageOutOfRange      = "is out of range"
	messageNotALimit       = "must be a whole number from 0 on"
)

// Refusals without a fault.
const (
	messageForbidden = "You do not have permissions for this action"
	messageDenied    = "HTTP Basic: Access denied.\n" // the whole body
	messageBadLogin  = "Invalid login or password."
	messageLastTry   = "You have one more attempt before your account is locked."
	messageFewTries  = "You have %d attempts before your account is locked."
	messageLocked    = "Your account has been locked due to several unsuccessful attempts. " +
		"Unlock instructions have been sent on your e-mail "
)

// ruleMessages are the messages of the core's rules; %d is the limit.
// See REFERENCE.md, "Create a user".
var ruleMessages = map[core.Rule]string{
	core.Required:      "can't be blank",
	core.NotNull:       "can't be blank",
	core.NotBlank:      "can't be blank",
	core.TooShort:      "is too short (minimum is %d characters)",
	core.TooLong:       "is too long (maximum is %d characters)",
	core.Malformed:     messageInvalid,
	core.Taken:         "has already been taken",
	core.ReadOnly:      "cannot be changed for a system role",
	core.WrongPassword: messageInvalid,
	core.NoSuchUser:    messageInvalid,
	core.Unknown:       messageInvalid,
}

const messageInvalid = "is invalid"

// attributes are the fields whose attribute has another name.
var attributes = map[core.Field]string{
	core.FieldUsername: "login",
	core.FieldName:     "first_name",
	core.FieldUID:      "identifier",
	core.FieldHandle:   "api_key",
	core.FieldKey:      "label",

	core.FieldAttributes: "additional_fields",
	fieldDefinition:      "name",
	fieldSSHKey:          "key",
}

// models are the names of objects that are not found.
// See REFERENCE.md, "Status codes and error bodies".
var models = map[string]string{
	"user":        "User",
	kindRole:      "Role",
	kindUserGroup: "UserGroup",
	kindWhiteList: "UserWhiteList",
	kindYubiKey:   "YubiKey",
	kindSSHKey:    "SshKey",
	kindField:     "UserAdditionalField",
	kindBucket:    "Bucket",
	kindPayment:   "Payment",
	"permission":  "Permission",

	kindAccessControl: "AccessControl",
	kindRateCard:      "RateCard",
	kindBaseResource:  "BaseResource",
	kindOrganization:  "Organization",
}

// baseFault is the refusal of an operation.
func baseFault(message string) core.Fault {
	return core.Fault{Field: fieldBase, Rule: core.Malformed, Value: message}
}

func attributeOf(f core.Field) string { return cmp.Or(attributes[f], string(f)) }

// message is a fault in the panel's words.
func message(f core.Fault) string {
	if f.Rule == core.Malformed && isOwnMessage(f) {
		return f.Value
	}
	text := cmp.Or(ruleMessages[f.Rule], messageInvalid)
	if strings.Contains(text, "%d") {
		return fmt.Sprintf(text, f.Limit)
	}
	return text
}

// isOwnMessage reports whether the fault is this dialect's own and carries its message.
func isOwnMessage(f core.Fault) bool {
	switch f.Field {
	case core.FieldUsername, core.FieldEmail, core.FieldUID, core.FieldName, core.FieldHandle, core.FieldKey:
		return false
	}
	return f.Value != ""
}

// sentence is the message with its attribute in front, as XML shows it.
func sentence(f core.Fault) string {
	if f.Field == fieldBase {
		return message(f)
	}
	return humanize(attributeOf(f.Field)) + " " + message(f)
}

// checkSentence is the sentence of the check of a login or an address, whose attribute is "E-mail":
// a module compares the text. See REFERENCE.md, "Other user routes".
func checkSentence(f core.Fault) string {
	if f.Field == core.FieldEmail {
		return "E-mail " + message(f)
	}
	return sentence(f)
}

// humanize turns "user_group_id" into "User group".
func humanize(attribute string) string {
	words := strings.ReplaceAll(strings.TrimSuffix(attribute, "_id"), "_", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// notFoundMessage is the message of a 404. Old versions and objects without a model say "Resource".
func (d *Dialect) notFoundMessage(subject string) string {
	model := models[subject]
	if model == "" || d.version < v30 {
		model = "Resource"
	}
	return model + " not found"
}

// authMessage is the message of a 401; empty without credentials.
func authMessage(why *authError) string {
	switch why.kind {
	case noCredentials:
		return ""
	case almostLocked:
		if why.left == 1 {
			return messageLastTry
		}
		return fmt.Sprintf(messageFewTries, why.left)
	case locked:
		return messageLocked + maskEmail(why.email)
	}
	return messageBadLogin
}

// challenge is the value of WWW-Authenticate. Net::OnApp sends its credentials to this realm only.
const challenge = `Basic realm="OnApp API Authentication"`

// maskEmail leaves the first letter and the domain: "m***@example.org".
func maskEmail(email string) string {
	name, domain, ok := strings.Cut(email, "@")
	if !ok || name == "" {
		return "***"
	}
	_, size := utf8.DecodeRuneInString(name)
	return name[:size] + "***@" + domain
}
