package econtext

import (
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// The profile v2 is the vendor's later server as it is, its slips included.
// What it has in common with the documented one is elsewhere. Source: routes
// and mappers of that server.

// Limits of lists that ask for none.
const (
	usersAtOnceV2  = 50
	thingsAtOnceV2 = 25 // applications, groups
)

// customDataV2 reads custom_data, or "data", the same facts as a list of pairs,
// which wins. Nothing and an empty one change nothing.
func customDataV2(in wire.Value) (custom wire.Value, ok bool) {
	if data, has := in.Get("data"); has {
		custom = wire.Object()
		for _, pair := range data.Items() {
			custom.Set(stringOf(pair, "key"), member(pair, "value"))
		}
	} else {
		custom = member(in, memberCustomData)
	}
	custom = customData(custom)
	return custom, !custom.IsNull()
}

// parameterChanges adds an application's parameters, which only a new one can
// bring: an update of them ends in a slip of the vendor's.
func (k *call) parameterChanges(in wire.Value, members []wire.Member) ([]wire.Member, error) {
	list, ok := in.Get(memberParameters)
	if !ok {
		return members, nil
	}
	if k.param("appid") != "" {
		return nil, crash("'Application' object has no attribute 'set_paramameters'")
	}
	kept := wire.Array()
	for _, item := range list.Items() {
		p, err := parameter(item)
		if err != nil {
			return nil, err
		}
		kept.Append(p)
	}
	return append(members, wire.Member{Name: memberParameters, Value: kept}), nil
}

func parameter(in wire.Value) (wire.Value, error) {
	for _, name := range []string{"key", "datatype"} {
		if !in.Has(name) {
			return wire.Value{}, crash("'" + name + "'")
		}
	}
	p := wire.Object()
	for _, name := range []string{"key", "datatype", "default", "description"} {
		p.Set(name, member(in, name))
	}
	return p, nil
}

func orEmptyList(text string) string {
	if text == "null" {
		return "[]"
	}
	return text
}

// statusV2 is a user's: there is no UNVERIFIED, and another word is an error.
func statusV2(v wire.Value) (string, error) {
	word, err := status(v, statusEnabled, statusDisabled)
	if err != nil {
		return "", crash("Invalid status")
	}
	return word, nil
}

// passwordV2 fails with an error where the documented profile refuses.
func passwordV2(v wire.Value) (string, error) {
	if falsy(v) {
		return "", crash("Password must be included")
	}
	s, long, err := trimmedPassword(v)
	if err == nil && !long {
		err = crash(passwordTooShort)
	}
	return s, err
}
