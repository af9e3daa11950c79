package econtext

import "github.com/dragoman-gateway/dragoman/core"

// The dialect's own kinds: three of groups, one of records.
const (
	kindApplication  = "econtext.application"
	kindGroup        = "econtext.group"
	kindOrganization = "econtext.organization"
	kindAPIKey       = "econtext.apikey"
)

// The words that a status can be.
const (
	statusEnabled    = "ENABLED"
	statusUnverified = "UNVERIFIED" // of users only
	statusDisabled   = "DISABLED"
)

func (d *Dialect) application(id string) core.GroupRef { return d.group(kindApplication, id) }

// group finds a group of one of the dialect's kinds by the id the vendor shows.
func (d *Dialect) group(kind, id string) core.GroupRef {
	return core.GroupRef{Realm: d.realm, Kind: kind, UID: id}
}
