package onapp

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
	"github.com/dragoman-gateway/dragoman/dialects/internal/rendercache"
)

// showUser answers with one user.
func showUser(status int, v *userView) reply {
	return reply{status: status, secret: v != nil && v.apiKey != "", write: func(out *response) error {
		out.Root("user")
		writeUser(out.Streamer, v, out.call.d.columns.full)
		out.End()
		return nil
	}}
}

// writeUser writes what is inside a user.
func writeUser(e stream, v *userView, cols []column) {
	for i := range cols {
		cols[i].write(e, cols[i].name, v)
	}
}

// column is one key of the user object.
type column struct {
	name  string
	part  part
	in    func(version) bool // nil: in every version
	write func(e stream, name string, v *userView)
}

// part says in which form of a user a column is.
type part uint8

const (
	always part = iota // full and short
	price              // full and short, but last in the short one
	detail             // full only
)

// columns are the keys of one version, in order. See REFERENCE.md, "The user object".
type columns struct{ full, short []column }

func columnsOf(v version) (c columns) {
	for _, one := range allColumns(v) {
		if one.in != nil && !one.in(v) {
			continue
		}
		c.full = append(c.full, one)
		if one.part == always {
			c.short = append(c.short, one)
		}
	}
	for _, name := range []string{
		v.bucketKey(), "monthly_price", "payment_amount", "outstanding_amount", "total_amount",
		"discount_due_to_free", "total_amount_with_discount",
	} {
		at := slices.IndexFunc(c.full, func(one column) bool { return one.part == price && one.name == name })
		if at >= 0 {
			c.short = append(c.short, c.full[at])
		}
	}
	return c
}

func since(from version) func(version) bool { return func(v version) bool { return v >= from } }

func before(to version) func(version) bool { return func(v version) bool { return v < to } }

// allColumns is the user object. See REFERENCE.md, "The user object" and "Versions".
func allColumns(v version) []column {
	return []column{
		{"activated_at", always, nil, writeActivated},
		{"aflexi_key", always, before(v30), writeNil},
		{"aflexi_password", always, before(v30), writeNil},
		{"aflexi_user_id", always, before(v30), writeNil},
		{"aflexi_username", always, before(v30), writeNil},
		{"api_key", always, nil, writeAPIKey},
		{"avatar", always, since(v30), func(e stream, n string, v *userView) { e.StrOrNil(n, v.facet.Avatar) }},
		{v.bucketKey(), price, nil, func(e stream, n string, v *userView) { e.Int(n, bucketOf(v.facet)) }},
		{"cdn_account_status", always, nil, func(e stream, n string, _ *userView) { e.Str(n, "ACTIVE") }},
		{"cdn_bandwidth_limit_set", always, since(v66), writeFalse},
		{"cdn_status", always, nil, func(e stream, n string, _ *userView) { e.Str(n, "INACTIVE") }},
		{"created_at", always, nil, func(e stream, n string, v *userView) { e.Time(n, v.user.CreatedAt) }},
		{"deleted_at", always, nil, func(e stream, n string, v *userView) { e.TimeOrNil(n, v.user.DeletedAt) }},
		{"discount_due_to_free", price, since(v56), writeZero},
		{"email", always, nil, func(e stream, n string, v *userView) { e.StrOrNil(n, v.user.Email) }},
		{"firewall_id", always, since(v30), writeNil},
		{"first_name", always, nil, func(e stream, n string, v *userView) { e.Str(n, givenName(v.user)) }},
		{"group_id", always, since(v21), writeNil},
		{"id", always, nil, func(e stream, n string, v *userView) { e.Int(n, v.user.ID) }},
		{"identifier", always, since(v40), func(e stream, n string, v *userView) { e.Str(n, identifierOf(v.user, v.facet)) }},
		{"image_template_group_id", always, nil, writeNil},
		{"infoboxes", always, since(v30), writeInfoboxes},
		{"last_name", always, nil, func(e stream, n string, v *userView) { e.Str(n, familyName(v.user)) }},
		{"locale", always, nil, func(e stream, n string, v *userView) { e.Str(n, cmp.Or(v.facet.Locale, defaultLocale)) }},
		{"login", always, nil, writeLogin},
		{"monthly_price", price, since(v56), writeZero},
		{"password_changed_at", always, since(v30), func(e stream, n string, v *userView) { e.TimeOrNil(n, v.user.PasswordChangedAt) }},
		{"registered_yubikey", always, since(v42), writeYubiKeySwitch},
		{"remember_token", always, before(v30), writeNil},
		{"remember_token_expires_at", always, before(v30), writeNil},
		{"status", always, nil, func(e stream, n string, v *userView) { e.Str(n, v.status) }},
		{"supplied", always, since(v30), writeFalse},
		{"suspend_at", always, nil, func(e stream, n string, v *userView) { e.TimeOrNil(n, v.user.EnabledUntil) }},
		{"system_theme", always, since(v40), func(e stream, n string, v *userView) { e.StrOrNil(n, v.facet.Theme) }},
		{"time_zone", always, nil, func(e stream, n string, v *userView) { e.StrOrNil(n, v.facet.TimeZone) }},
		{"total_amount", price, nil, func(e stream, n string, _ *userView) { e.Float(n, 0) }},
		{"total_amount_with_discount", price, since(v56), writeZero},
		{"totp_enabled", always, since(v64), writeFalse},
		{"update_billing_stat", always, before(v30), writeNil},
		{"updated_at", always, nil, func(e stream, n string, v *userView) { e.Time(n, v.user.UpdatedAt) }},
		{"use_gravatar", always, since(v30), func(e stream, n string, v *userView) { writeOptional(e, n, v.facet.Gravatar) }},
		{"user_group_id", always, nil, func(e stream, n string, v *userView) { e.IntOrNil(n, v.group, v.group != 0) }},
		{"outstanding_amount", price, nil, func(e stream, n string, v *userView) {
			writeAmount(e, n, -v.facet.Paid, v.version >= v42 && v.version < v56)
		}},
		{"payment_amount", price, nil, func(e stream, n string, v *userView) {
			writeAmount(e, n, v.facet.Paid, v.version < v56)
		}},
		{"roles", detail, nil, writeRoles},
		{"used_cpus", detail, nil, writeNone},
		{"used_memory", detail, nil, writeNone},
		{"used_cpu_shares", detail, nil, writeNone},
		{"used_disk_size", detail, nil, writeNone},
		{"used_ip_addresses", detail, nil, func(e stream, n string, _ *userView) { e.Array(n, "ip_address", railsxml.Wrapped); e.End() }},
		{"memory_available", detail, nil, writeNone},
		{"disk_space_available", detail, nil, writeNone},
		{"additional_fields", detail, nil, writeFieldValues},
	}
}

func writeNil(e stream, name string, _ *userView) { e.Nil(name) }

func writeFalse(e stream, name string, _ *userView) { e.Bool(name, false) }

func writeNone(e stream, name string, _ *userView) { e.Int(name, 0) }

func writeZero(e stream, name string, _ *userView) { e.Decimal(name, "0.0") }

func writeOptional(e stream, name string, b optionalBool) {
	if b == unset {
		e.Nil(name)
		return
	}
	e.Bool(name, b == isTrue)
}

// writeAmount writes an amount, in some versions as text in JSON too. See REFERENCE.md, "Versions".
func writeAmount(e stream, name string, amount money, asText bool) {
	if asText {
		e.DecimalStr(name, amount.String())
		return
	}
	e.Decimal(name, amount.String())
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

// writeYubiKeySwitch is text in 4.x, null until set before 5.6, and a plain boolean since.
func writeYubiKeySwitch(e stream, name string, v *userView) {
	switch {
	case v.version < v50:
		e.StrOrNil(name, v.facet.YubiKeyText)
	case v.version < v56:
		writeOptional(e, name, v.facet.YubiKey)
	default:
		e.Bool(name, v.facet.YubiKey == isTrue)
	}
}

func writeRoles(e stream, name string, v *userView) {
	e.Array(name, "role", railsxml.Wrapped)
	for _, r := range v.roles {
		e.Item()
		writeRole(e, v.version, r)
		writePermissions(e, r.permissions)
		e.End()
	}
	e.End()
}

// writeFieldValues shows additional fields flat, as both official clients read them.
func writeFieldValues(e stream, name string, v *userView) {
	e.Array(name, "additional_field", railsxml.Flat)
	for _, f := range v.fields {
		e.Item()
		e.Str("name", f.name)
		e.Str("value", f.value)
		e.End()
	}
	e.End()
}

// renderedUsers caches the users of lists as they were written, which makes a list of a hundred
// users twice as fast: one cache for JSON and one for XML.
type renderedUsers [2]rendercache.Cache[renderInputs]

// renderInputs is everything that the text of a user depends on.
type renderInputs struct {
	view    userView
	columns *column // the first one: full or short
}

// writeListed writes what is inside a user of a list, from the cache if its inputs are the same.
func (d *Dialect) writeListed(e stream, f format, v *userView, cols []column) {
	cache := &d.rendered[0]
	if f == formatXML {
		cache = &d.rendered[1]
	}
	inputs := renderInputs{*v, &cols[0]}
	if entry := cache.Get(v.user.ID); entry != nil && entry.Inputs.equal(&inputs) {
		e.RawItem(entry.Bytes)
		return
	}
	if !cache.SeenTwice(v.user.ID, v.user) {
		writeUser(e, v, cols)
		return
	}
	from := len(e.Bytes())
	writeUser(e, v, cols)
	// XML writes the end of the tag <user> with its first child.
	text := bytes.TrimPrefix(e.Bytes()[from:], []byte(">\n"))
	cache.Put(v.user.ID, inputs, v.user.Size(), bytes.Clone(text))
}

// equal reports whether both inputs are the same objects. A user read from the store is never
// changed.
func (in *renderInputs) equal(other *renderInputs) bool {
	a, b := &in.view, &other.view
	return a.user == b.user && in.columns == other.columns && a.status == b.status && a.hideLogin == b.hideLogin &&
		a.group == b.group && slices.EqualFunc(a.roles, b.roles, (*role).equal) && slices.Equal(a.fields, b.fields)
}

// bucketOf is the user's bucket, the default one if none was chosen.
func bucketOf(f *facet) int64 { return cmp.Or(f.Bucket, defaultBucket) }
