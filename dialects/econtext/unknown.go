package econtext

import "strings"

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

// notFound is what the vendor says of an unknown id: an invalid parameter.
func notFound(kind string) *failure {
	n := nounOf(kind)
	return invalid(n.param, n.word+" not found")
}

// unknown is notFound for the object that the path names. The lists of members
// have words of their own; so has nearly everything in the profile v2.
func (k *call) unknown(kind string) *failure {
	n := nounOf(kind)
	id, param := k.param(n.param), n.param
	if k.d.v2 && kind != kindApplication {
		param = id // its server confuses the two
	}
	path := k.Path()
	switch {
	case k.d.v2 && strings.Contains(path, ":userid/"):
		return crash(n.word + " " + id + " not found")
	case strings.HasSuffix(path, "/users"), strings.HasSuffix(path, "/groups"):
		if k.d.v2 {
			param = id
		}
		return invalid(param, n.word+" could not be found")
	case k.d.v2 && kind == kindGroup && k.Request().Method == "GET":
		return invalid(param, "Organization not found")
	}
	return invalid(param, n.word+" not found")
}
