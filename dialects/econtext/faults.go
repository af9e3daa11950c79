package econtext

import (
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
)

// faultFailure has words for each rule of the core's. The vendor's answers name
// one fault only, the first.
func faultFailure(subject string, f core.Fault) *failure {
	if f.Rule == core.Taken {
		return taken(subject, f.Field)
	}
	param := paramOf(subject, f.Field)
	if f.Rule == core.Required {
		return missing(param)
	}
	return invalid(param, ruleWords(f))
}

func ruleWords(f core.Fault) string {
	switch f.Rule {
	case core.NotNull:
		return "The value must not be null"
	case core.NotBlank:
		return "The value must not be blank"
	case core.Malformed:
		return "The value is malformed"
	case core.TooShort:
		return fmt.Sprintf("The value must be at least %d characters long", f.Limit)
	case core.TooLong:
		return fmt.Sprintf("The value must be at most %d characters long", f.Limit)
	case core.Unknown:
		return "The value names nothing that is known"
	case core.ReadOnly:
		return "The value cannot be changed"
	case core.WrongPassword:
		return "The password is wrong"
	case core.NoSuchUser:
		return "User not found"
	}
	return "The value is not accepted"
}

// paramOf is the vendor's name of a core field. What is none of the core's own
// is an attribute: a name within custom_data.
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

// taken is what the vendor says of a value that must be unique and is not. The
// one of groups is an error of its server; the one of organizations likewise.
func taken(subject string, field core.Field) *failure {
	switch {
	case subject == kindApplication && field == core.FieldUID:
		return invalid("id", "An Application with that id already exists")
	case subject == kindApplication:
		return invalid("name", "An application with that name already exists")
	case subject == kindGroup && field == core.FieldUID:
		return crash("A Group with that id already exists")
	case subject == kindGroup:
		return crash("A Group with this name already exists for this Application")
	case subject == kindOrganization && field == core.FieldUID:
		return crash("An Organization with that id already exists")
	case subject == kindOrganization:
		return crash("An Organization with this name already exists")
	case subject == kindAPIKey:
		return invalid("id", "An ApiKey with that id already exists")
	case field == core.FieldUID:
		return invalid("id", "A User with that id already exists")
	case field == core.FieldEmail:
		return invalid("email", "A user with that email address already exists")
	case field == core.FieldUsername:
		return invalid("username", "A user with that username already exists")
	}
	return invalid(paramOf(subject, field), "The value is in use already")
}
