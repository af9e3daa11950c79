package onapp

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
)

// userView is one user and all that is shown of it.
type userView struct {
	d      *Dialect
	user   *core.User
	facet  *facet
	roles  []*role
	group  int64 // the user group; 0 = none
	fields []shownField
	// apiKey is shown by the one answer that makes it.
	apiKey string
	// hideLogin leaves the login away: the caller's own, if it came with a key.
	hideLogin bool
	inList    bool
	status    string
	format    format
}

// column is one key of the user object.
type column struct {
	name  string
	part  part
	in    func(version) bool // nil: in every version
	write func(e railsxml.Streamer, name string, v *userView)
}

// part says in which of the two forms of a user a column stands.
type part uint8

const (
	always  part = iota // in both
	price               // in both, but last in the short one
	details             // not in the short one
)

// columns are the keys of one version, in order.
type columns struct{ full, short []column }

func columnsOf(v version) columns {
	var c columns
	for _, one := range allColumns(v) {
		if one.in != nil && !one.in(v) {
			continue
		}
		c.full = append(c.full, one)
		if one.part == always {
			c.short = append(c.short, one)
		}
	}
	for _, name := range shortPrices(v) {
		for _, one := range c.full {
			if one.part == price && one.name == name {
				c.short = append(c.short, one)
			}
		}
	}
	return c
}

// shortPrices is the order of the last keys of a short user. source: vendor reference, the user object.
func shortPrices(v version) []string {
	return []string{
		v.planKey(), "monthly_price", "payment_amount", "outstanding_amount", "total_amount",
		"discount_due_to_free", "total_amount_with_discount",
	}
}

func since(from version) func(version) bool { return func(v version) bool { return v >= from } }

func before(to version) func(version) bool { return func(v version) bool { return v < to } }

// allColumns is the user object. source: vendor reference, the user object and versions.
func allColumns(v version) []column {
	return []column{
		{"activated_at", always, nil, writeActivated},
		{"aflexi_key", always, before(v30), writeNil},
		{"aflexi_password", always, before(v30), writeNil},
		{"aflexi_user_id", always, before(v30), writeNil},
		{"aflexi_username", always, before(v30), writeNil},
		{"api_key", always, nil, writeAPIKey},
		{"avatar", always, since(v30), func(e railsxml.Streamer, n string, v *userView) { e.StrOrNil(n, v.facet.Avatar) }},
		{v.planKey(), price, nil, func(e railsxml.Streamer, n string, v *userView) { e.Int(n, v.bucket()) }},
		{"cdn_account_status", always, nil, func(e railsxml.Streamer, n string, _ *userView) { e.Str(n, "ACTIVE") }},
		{"cdn_bandwidth_limit_set", always, since(v66), writeFalse},
		{"cdn_status", always, nil, func(e railsxml.Streamer, n string, _ *userView) { e.Str(n, "INACTIVE") }},
		{"created_at", always, nil, func(e railsxml.Streamer, n string, v *userView) { e.Time(n, v.user.CreatedAt) }},
		{"deleted_at", always, nil, func(e railsxml.Streamer, n string, v *userView) { e.TimeOrNil(n, v.user.DeletedAt) }},
		{"discount_due_to_free", price, since(v56), writeZero},
		{"email", always, nil, func(e railsxml.Streamer, n string, v *userView) { e.StrOrNil(n, v.user.Email) }},
		{"firewall_id", always, since(v30), writeNil},
		{"first_name", always, nil, func(e railsxml.Streamer, n string, v *userView) { e.Str(n, givenName(v.user)) }},
		{"group_id", always, since(v21), writeNil},
		{"id", always, nil, func(e railsxml.Streamer, n string, v *userView) { e.Int(n, v.user.ID) }},
		{"identifier", always, since(v40), func(e railsxml.Streamer, n string, v *userView) { e.Str(n, identifierOf(v.user, v.facet)) }},
		{"image_template_group_id", always, nil, writeNil},
		{"infoboxes", always, since(v30), writeInfoboxes},
		{"last_name", always, nil, func(e railsxml.Streamer, n string, v *userView) { e.Str(n, familyName(v.user)) }},
		{"locale", always, nil, func(e railsxml.Streamer, n string, v *userView) { e.Str(n, v.locale()) }},
		{"login", always, nil, writeLogin},
		{"monthly_price", price, since(v56), writeZero},
		{"password_changed_at", always, since(v30), func(e railsxml.Streamer, n string, v *userView) { e.TimeOrNil(n, v.user.PasswordChangedAt) }},
		{"registered_yubikey", always, since(v42), writeYubikey},
		{"remember_token", always, before(v30), writeNil},
		{"remember_token_expires_at", always, before(v30), writeNil},
		{"status", always, nil, func(e railsxml.Streamer, n string, v *userView) { e.Str(n, v.status) }},
		{"supplied", always, since(v30), writeFalse},
		{"suspend_at", always, nil, func(e railsxml.Streamer, n string, v *userView) { e.TimeOrNil(n, v.user.EnabledUntil) }},
		{"system_theme", always, since(v40), func(e railsxml.Streamer, n string, v *userView) { e.StrOrNil(n, v.facet.Theme) }},
		{"time_zone", always, nil, func(e railsxml.Streamer, n string, v *userView) { e.StrOrNil(n, v.facet.TimeZone) }},
		{"total_amount", price, nil, func(e railsxml.Streamer, n string, _ *userView) { e.Float(n, 0) }},
		{"total_amount_with_discount", price, since(v56), writeZero},
		{"totp_enabled", always, since(v64), writeFalse},
		{"update_billing_stat", always, before(v30), writeNil},
		{"updated_at", always, nil, func(e railsxml.Streamer, n string, v *userView) { e.Time(n, v.user.UpdatedAt) }},
		{"use_gravatar", always, since(v30), func(e railsxml.Streamer, n string, v *userView) { writeFlag(e, n, v.facet.Gravatar) }},
		{"user_group_id", always, nil, func(e railsxml.Streamer, n string, v *userView) { e.IntOrNil(n, v.group, v.group != 0) }},
		{"outstanding_amount", price, nil, writeOutstanding},
		{"payment_amount", price, nil, writePaid},
		{"roles", details, nil, writeRoles},
		{"used_cpus", details, nil, writeNone},
		{"used_memory", details, nil, writeNone},
		{"used_cpu_shares", details, nil, writeNone},
		{"used_disk_size", details, nil, writeNone},
		{"used_ip_addresses", details, nil, writeEmptyList("ip_address")},
		{"memory_available", details, nil, writeNone},
		{"disk_space_available", details, nil, writeNone},
		{"additional_fields", details, nil, writeFields},
	}
}
