package syncano

import (
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// userInput is what a request says of a user.
type userInput struct {
	username wire.Field[string]
	password wire.Field[string]
	profile  *objectInput        // nil when not spoken of
	chosen   core.ChosenPassword // password, hashed
}

// readUser reads the body. In full (POST and PUT), username and password must
// be there, and rights that the profile does not name go back to their defaults.
func readUser(c *call, full bool) (*userInput, error) {
	in, err := c.bodyObject()
	if err != nil {
		return nil, err
	}
	p := &problems{}
	input := &userInput{
		username: c.text(in, "username", textRule{required: full, max: 64}, p),
		password: c.text(in, "password", textRule{required: full, max: 128}, p),
	}
	if err := readUserProfile(c, in, input, full, p); err != nil {
		return nil, err
	}
	return input, p.err()
}

// hashPassword prepares the password, outside of any transaction.
func hashPassword(c *call, in *userInput) (err error) {
	if plain, ok := in.password.Get(); ok {
		in.chosen, err = c.d.dir.ChoosePassword(c.req.Context(), plain)
	}
	return err
}

// readUserProfile reads "profile" of a user's body, or in v2 the flat fields.
func readUserProfile(k *call, in wire.Value, input *userInput, full bool, p *problems) error {
	nested, ok := in.Get("profile")
	if !ok && !k.v.v2 {
		return nil
	}
	at := inputContext{full: full, nested: true, creating: k.method == http.MethodPost && k.user == nil}
	if k.v.v2 {
		at.operators = !at.creating
		nested = in
	} else if nested.Kind() != wire.KindObject && k.body.form && !profileText(k, &nested) {
		return nil // a form has an object's members only, not the object
	} else if fault := profileFault(nested); fault != nil {
		p.nestOrAdd("profile", fault)
		return nil
	}
	faults := &problems{}
	err := k.d.dir.View(k.req.Context(), func(tx *core.Tx) error {
		c, err := schema.FindProfileClass(tx, k.instance.Realm)
		if err != nil {
			return err
		}
		*faults = problems{}
		input.profile = readObject(k, c, nested, at, faults)
		return lookUp(k, tx, input.profile, faults)
	})
	if k.v.v2 {
		p.list = append(p.list, faults.list...)
	} else {
		p.nest("profile", faults)
	}
	return err
}

// profileText replaces the text of a profile in a form by the object that it is
// in JSON; ok is false if it is not.
func profileText(c *call, nested *wire.Value) (ok bool) {
	v, err := schema.ParseJSON([]byte(nested.Text()), c.d.cfg.Body)
	if err != nil || v.Kind() != wire.KindObject {
		return false
	}
	*nested = v
	return true
}

// profileFault says what is wrong with a profile that is not an object.
func profileFault(nested wire.Value) *problems {
	p := &problems{}
	switch nested.Kind() {
	case wire.KindObject:
		return nil
	case wire.KindNull:
		p.add("", msgNull)
	default:
		p.add("non_field_errors", notDictionary(nested))
	}
	return p
}

// nestOrAdd nests faults under the field; a fault without a name is the field's own.
func (p *problems) nestOrAdd(field string, faults *problems) {
	if faults.list[0].field == "" {
		p.add(field, faults.list[0].messages...)
		return
	}
	p.nest(field, faults)
}
