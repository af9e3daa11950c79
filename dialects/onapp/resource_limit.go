package onapp

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindResourceLimit is the kind of the records that hold what a user may use at most; Key is the
// user's decimal ID. The gateway has nothing to limit: it keeps what billing modules set.
const kindResourceLimit = "onapp.resource_limit"

// maxLimits is how many limits one user can have.
const maxLimits = 100

var nounResourceLimit = noun{"resource_limit", "resource_limits"}

// resourceLimitRoutes: see REFERENCE.md, "Resource limits".
var resourceLimitRoutes = []route{
	{"GET", "/users/:user_id/resource_limit", "resource_limits.show", getResourceLimit},
	{"PUT", "/users/:user_id/resource_limit", "resource_limits.update", updateResourceLimit},
	{"GET", "/users/:user_id/limits", "statistics.limits", getLimits},
}

// resourceLimit is the stored document.
type resourceLimit struct {
	Version int              `json:"v"`
	Limits  map[string]int64 `json:"limits"`
}

// knownLimits are always shown, unset ones as null, and refuse what is not a number.
var knownLimits = []string{
	"backups_count", "cpu_shares", "cpus", "disk_size", "ip_address_count", "memory", "rate", "storage_disk_size",
}

// resourceLimitView is what is shown of a user's limits.
type resourceLimitView struct {
	user               int64
	createdAt, updated time.Time
	limits             map[string]int64
}

// limitRecord reads the user's record; a new one if there is none yet.
func limitRecord(tx *core.Tx, u *core.User) (*core.Record, *resourceLimit, error) {
	key := strconv.FormatInt(u.ID, 10)
	r, err := tx.Record(core.RecordRef{Realm: u.Realm, Kind: kindResourceLimit, Key: key})
	if errors.Is(err, core.ErrNotFound) {
		return &core.Record{Realm: u.Realm, Kind: kindResourceLimit, Key: key, Owner: u.ID}, &resourceLimit{}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	doc, err := decodeBody[resourceLimit](r.Body)
	return r, doc, err
}

// loadLimits reads the limits of the user that the path names. Limits that were never set are as old
// as the user.
func (c *call) loadLimits() (v resourceLimitView, err error) {
	err = c.view(func(tx *core.Tx) error {
		u, err := c.targetUser(tx, c.id("user_id"), mayReadLimits)
		if err != nil {
			return err
		}
		r, doc, err := limitRecord(tx, u)
		if err != nil {
			return err
		}
		v = resourceLimitView{user: u.ID, createdAt: r.CreatedAt, updated: r.UpdatedAt, limits: doc.Limits}
		if r.ID == 0 {
			v.createdAt, v.updated = u.CreatedAt, u.CreatedAt
		}
		return nil
	})
	return v, err
}

func getResourceLimit(c *call) (reply, error) {
	v, err := c.loadLimits()
	return showObject(nounResourceLimit, v, writeResourceLimit), err
}

// writeResourceLimit writes the user's ID as the ID too: the PHP wrapper creates what has none.
func writeResourceLimit(e stream, v resourceLimitView) {
	e.Time("created_at", v.createdAt)
	e.Int("id", v.user)
	e.Time("updated_at", v.updated)
	e.Int("user_id", v.user)
	for _, name := range v.names() {
		v.writeLimit(e, name)
	}
}

// names are those of the known limits and of all that were set, sorted.
func (v resourceLimitView) names() []string {
	names := slices.AppendSeq(slices.Clone(knownLimits), maps.Keys(v.limits))
	slices.Sort(names)
	return slices.Compact(names)
}

func (v resourceLimitView) writeLimit(e stream, name string) {
	limit, ok := v.limits[name]
	e.IntOrNil(name, limit, ok)
}

// apply changes the limits that the request names; a blank one ends the limit. What is not a
// number is refused in a known limit and ignored elsewhere, as any unknown attribute.
func (l *resourceLimit) apply(v wire.Value) (faults faultList) {
	l.Version = 1
	if l.Limits = maps.Clone(l.Limits); l.Limits == nil {
		l.Limits = map[string]int64{}
	}
	for _, m := range v.Members() {
		text := textField(v, m.Name)
		if !text.Present() || !isLimitName(m.Name) {
			continue
		}
		digits := strings.TrimSpace(text.Or(""))
		limit, err := strconv.ParseInt(digits, 10, 64)
		switch {
		case digits == "":
			delete(l.Limits, m.Name)
		case err == nil && limit >= 0:
			l.Limits[m.Name] = limit
		case slices.Contains(knownLimits, m.Name):
			faults.addMessage(core.Field(m.Name), messageNotALimit)
		}
	}
	if len(l.Limits) > maxLimits {
		faults = append(faults, baseFault(messageTooManyItems))
	}
	return faults
}

// isLimitName reports whether an attribute can be a limit: it can be a name in XML and is not one
// that the panel sets.
func isLimitName(name string) bool {
	switch name {
	case "id", "user_id", "created_at", "updated_at":
		return false
	}
	return isPlainName(name)
}

// isPlainName reports whether name consists of small letters, digits and underscores, begins with a
// letter and is not too long.
func isPlainName(name string) bool {
	for i := range len(name) {
		ch := name[i]
		if isLetter := 'a' <= ch && ch <= 'z'; !isLetter && (i == 0 || ch != '_' && (ch < '0' || ch > '9')) {
			return false
		}
	}
	return name != "" && len(name) <= 64
}

func updateResourceLimit(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		u, err := c.targetUser(tx, c.id("user_id"), mayUpdateLimits)
		if err != nil {
			return err
		}
		r, shared, err := limitRecord(tx, u)
		if err != nil {
			return err
		}
		doc := *shared
		if faults := doc.apply(c.resource(nounResourceLimit.one)); len(faults) > 0 {
			return core.NewInvalid(faults...)
		}
		r.Body = encodeBody(doc)
		return tx.SaveRecord(r)
	})
	return c.d.done(), err
}

// getLimits shows the limits in the form of the oldest versions. JSON has three keys beside the
// limits, XML has them inside its one root.
func getLimits(c *call) (reply, error) {
	v, err := c.loadLimits()
	if err != nil {
		return reply{}, err
	}
	if c.format == formatXML {
		return showObject(noun{one: "limits"}, v, func(e stream, v resourceLimitView) {
			writeLimits(e, v)
			writeBestZones(e)
		}), nil
	}
	return showHash(func(e stream) {
		e.Object("limits")
		writeLimits(e, v)
		e.End()
		writeBestZones(e)
	}), nil
}

// writeLimits writes a limit for each resource. The lists are empty, so their items need no name.
func writeLimits(e stream, v resourceLimitView) {
	for _, name := range []string{"cpus", "cpu_shares", "memory", "swap_disk_size", "primary_disk_size", "rate"} {
		v.writeLimit(e, name)
	}
	for _, name := range []string{"data_store_groups", "network_groups", "hypervisor_groups", "hypervisors"} {
		e.Array(name, "", railsxml.Flat)
		e.End()
	}
}

func writeBestZones(e stream) {
	for _, name := range []string{
		"best_data_store_group_primary_id", "best_data_store_group_swap_id", "best_network_group_id",
	} {
		e.Nil(name)
	}
}
