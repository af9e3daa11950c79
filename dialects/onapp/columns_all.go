package onapp

import "github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"

func since(from version) func(version) bool { return func(v version) bool { return v >= from } }

func before(to version) func(version) bool { return func(v version) bool { return v < to } }

// allColumns is the user object. source: vendor reference, the user object and versions.
func allColumns(v version) []column {
	return []column{
		{"activated_at", always, nil, nil, writeActivated},
		{"aflexi_key", always, before(v30), writeNil, nil},
		{"aflexi_password", always, before(v30), writeNil, nil},
		{"aflexi_user_id", always, before(v30), writeNil, nil},
		{"aflexi_username", always, before(v30), writeNil, nil},
		{"api_key", always, nil, nil, writeAPIKey},
		{"avatar", always, since(v30), nil, func(e stream, n string, v *userView) { e.StrOrNil(n, v.facet.Avatar) }},
		{v.planKey(), price, nil, nil, func(e stream, n string, v *userView) { e.Int(n, v.bucket()) }},
		{"cdn_account_status", always, nil, func(e emitter, n string) { e.Str(n, "ACTIVE") }, nil},
		{"cdn_bandwidth_limit_set", always, since(v66), writeFalse, nil},
		{"cdn_status", always, nil, func(e emitter, n string) { e.Str(n, "INACTIVE") }, nil},
		{"created_at", always, nil, nil, func(e stream, n string, v *userView) { e.Time(n, v.user.CreatedAt) }},
		{"deleted_at", always, nil, nil, func(e stream, n string, v *userView) { e.TimeOrNil(n, v.user.DeletedAt) }},
		{"discount_due_to_free", price, since(v56), writeZero, nil},
		{"email", always, nil, nil, func(e stream, n string, v *userView) { e.StrOrNil(n, v.user.Email) }},
		{"firewall_id", always, since(v30), writeNil, nil},
		{"first_name", always, nil, nil, func(e stream, n string, v *userView) { e.Str(n, givenName(v.user)) }},
		{"group_id", always, since(v21), writeNil, nil},
		{"id", always, nil, nil, func(e stream, n string, v *userView) { e.Int(n, v.user.ID) }},
		{"identifier", always, since(v40), nil, func(e stream, n string, v *userView) { e.Str(n, identifierOf(v.user, v.facet)) }},
		{"image_template_group_id", always, nil, writeNil, nil},
		{"infoboxes", always, since(v30), nil, writeInfoboxes},
		{"last_name", always, nil, nil, func(e stream, n string, v *userView) { e.Str(n, familyName(v.user)) }},
		{"locale", always, nil, nil, func(e stream, n string, v *userView) { e.Str(n, v.locale()) }},
		{"login", always, nil, nil, writeLogin},
		{"monthly_price", price, since(v56), writeZero, nil},
		{"password_changed_at", always, since(v30), nil, func(e stream, n string, v *userView) { e.TimeOrNil(n, v.user.PasswordChangedAt) }},
		{"registered_yubikey", always, since(v42), nil, writeYubikey},
		{"remember_token", always, before(v30), writeNil, nil},
		{"remember_token_expires_at", always, before(v30), writeNil, nil},
		{"status", always, nil, nil, func(e stream, n string, v *userView) { e.Str(n, v.status) }},
		{"supplied", always, since(v30), writeFalse, nil},
		{"suspend_at", always, nil, nil, func(e stream, n string, v *userView) { e.TimeOrNil(n, v.user.EnabledUntil) }},
		{"system_theme", always, since(v40), nil, func(e stream, n string, v *userView) { e.StrOrNil(n, v.facet.Theme) }},
		{"time_zone", always, nil, nil, func(e stream, n string, v *userView) { e.StrOrNil(n, v.facet.TimeZone) }},
		{"total_amount", price, nil, func(e emitter, n string) { e.Float(n, 0) }, nil},
		{"total_amount_with_discount", price, since(v56), writeZero, nil},
		{"totp_enabled", always, since(v64), writeFalse, nil},
		{"update_billing_stat", always, before(v30), writeNil, nil},
		{"updated_at", always, nil, nil, func(e stream, n string, v *userView) { e.Time(n, v.user.UpdatedAt) }},
		{"use_gravatar", always, since(v30), nil, func(e stream, n string, v *userView) { writeFlag(e, n, v.facet.Gravatar) }},
		{"user_group_id", always, nil, nil, func(e stream, n string, v *userView) { e.IntOrNil(n, v.group, v.group != 0) }},
		{"outstanding_amount", price, nil, nil, writeOutstanding},
		{"payment_amount", price, nil, nil, writePaid},
		{"roles", details, nil, nil, writeRoles},
		{"used_cpus", details, nil, writeNone, nil},
		{"used_memory", details, nil, writeNone, nil},
		{"used_cpu_shares", details, nil, writeNone, nil},
		{"used_disk_size", details, nil, writeNone, nil},
		{"used_ip_addresses", details, nil, func(e emitter, n string) { e.Array(n, "ip_address", railsxml.Wrapped); e.End() }, nil},
		{"memory_available", details, nil, writeNone, nil},
		{"disk_space_available", details, nil, writeNone, nil},
		{"additional_fields", details, nil, nil, writeFields},
	}
}
