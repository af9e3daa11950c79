package onapp

import "github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"

// How the columns of a user are written that need more than a line.

func writeNil(e emitter, name string) { e.Nil(name) }

func writeFalse(e emitter, name string) { e.Bool(name, false) }

func writeNone(e emitter, name string) { e.Int(name, 0) }

func writeZero(e emitter, name string) { e.Decimal(name, "0.0") }

func writeFlag(e stream, name string, f flag) {
	if f == unsaid {
		e.Nil(name)
		return
	}
	e.Bool(name, f == yes)
}

func writeActivated(e stream, name string, v *userView) {
	at := v.facet.ActivatedAt
	if at.IsZero() {
		at = v.user.CreatedAt
	}
	e.Time(name, at)
}

func writeAPIKey(e stream, name string, v *userView) {
	if v.apiKey != "" {
		e.Str(name, v.apiKey)
	}
}

func writeLogin(e stream, name string, v *userView) {
	if !v.hideLogin {
		e.Str(name, v.user.Username)
	}
}

func writeInfoboxes(e stream, name string, v *userView) {
	e.Object(name)
	e.Bool("display_infoboxes", !v.facet.HideInfoboxes)
	e.Array("hidden_infoboxes", "hidden_infobox", railsxml.Flat)
	for _, box := range v.facet.HiddenInfoboxes {
		e.ItemStr(box)
	}
	e.End()
	e.End()
}

// writeYubikey shows the switch by version: text in 4.x, null until set before 5.6, a plain boolean since.
func writeYubikey(e stream, name string, v *userView) {
	switch {
	case v.d.version < v50:
		e.StrOrNil(name, v.facet.YubikeyText)
	case v.d.version < v56:
		writeFlag(e, name, v.facet.Yubikey)
	default:
		e.Bool(name, v.facet.Yubikey == yes)
	}
}

// writeOutstanding is a number in the oldest and the newest versions and text between. source: vendor reference, versions.
func writeOutstanding(e stream, name string, v *userView) {
	amount := (-v.facet.Paid).String()
	if v.d.version >= v42 && v.d.version < v56 {
		e.DecimalStr(name, amount)
		return
	}
	e.Decimal(name, amount)
}

func writePaid(e stream, name string, v *userView) {
	amount := v.facet.Paid.String()
	if v.d.version < v56 {
		e.DecimalStr(name, amount)
		return
	}
	e.Decimal(name, amount)
}

// writeRoles copies the roles, which are long and change rarely.
func writeRoles(e stream, name string, v *userView) {
	e.Array(name, "role", railsxml.Wrapped)
	for _, r := range v.roles {
		e.RawItem(r.inUser.get(v.d, v.form, amongRoles, func(e stream) {
			e.Item()
			v.d.writeRole(e, r)
			writePermissions(e, r.permissions)
			e.End()
		}))
	}
	e.End()
}

// writeFields shows additional fields flat, as both official clients read them.
func writeFields(e stream, name string, v *userView) {
	e.Array(name, "additional_field", railsxml.Flat)
	for _, f := range v.fields {
		e.Item()
		e.Str("name", f.name)
		e.Str("value", f.value)
		e.End()
	}
	e.End()
}
