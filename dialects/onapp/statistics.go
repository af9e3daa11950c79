package onapp

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
)

// statisticRoutes answer what billing modules ask of a user who has no servers: nothing was used and nothing is due.
// source: vendor reference, version, settings, money.
var statisticRoutes = []route{
	{"GET", "/users/:user_id/user_statistics", "statistics.show", getStatistics},
	{"GET", "/users/:user_id/vm_stats", "statistics.vm_stats", emptyOf(noun{"vm_stat", "vm_stats"})},
	{"GET", "/users/:user_id/monthly_bills", "statistics.monthly_bills", emptyOf(noun{"vm_stat", "vm_stats"})},
	{"GET", "/users/:user_id/limits", "statistics.limits", getLimits},
	{"GET", "/users/:user_id/last_access_log", "statistics.access_log", emptyOf(noun{"last_access_log_item", "last_access_log_items"})},
	{"GET", "/users/:user_id/virtual_machines", "resources.list", emptyOf(noun{"virtual_machine", "virtual_machines"})},
	{"GET", "/users/:user_id/hypervisors", "resources.list", emptyOf(noun{"hypervisor", "hypervisors"})},
	{"GET", "/users/:user_id/data_store_zones", "resources.list", zonesOf(noun{"data_store_zone", "data_store_zones"})},
	{"GET", "/users/:user_id/network_zones", "resources.list", zonesOf(noun{"network_zone", "network_zones"})},
	{"GET", "/users/:user_id/backups", "resources.list", emptyOf(noun{"backup", "backups"})},
}

// emptyOf answers with a list that has nothing in it.
func emptyOf(n noun) handler {
	return func(c *call) (reply, error) {
		_, err := c.ownerID(mayReadUsers)
		return showList(n, []struct{}{}, nil, func(stream, struct{}) {}), err
	}
}

// zonesOf is emptyOf, but that the oldest versions do not look whether there is such a user.
func zonesOf(n noun) handler {
	checked := emptyOf(n)
	return func(c *call) (reply, error) {
		r, err := checked(c)
		if c.d.version < v30 && core.KindOf(err) == core.NotFound {
			err = nil
		}
		return r, err
	}
}

func (c *call) ownerID(a access) (id int64, err error) {
	err = c.view(func(tx *core.Tx) error {
		u, err := c.owner(tx, a)
		if err == nil {
			id = u.ID
		}
		return err
	})
	return id, err
}

func getStatistics(c *call) (reply, error) {
	id, err := c.ownerID(mayReadUsers)
	if err != nil {
		return reply{}, err
	}
	now := c.d.dir.Now()
	write := func(e stream, _ struct{}) {
		e.Array("vm_stats", "vm_stat", railsxml.Wrapped)
		e.End()
		e.Time("stat_time", now)
		for _, cost := range []string{"vm_cost", "user_resources_cost", "total_cost"} {
			e.Decimal(cost, "0.0")
		}
		e.Str("currency_code", defaultCurrency)
		e.Int("user_id", id)
		for _, cost := range []string{
			"backup_cost", "template_cost", "storage_disk_size_cost", "template_disk_size_cost", "edge_group_cost",
		} {
			e.Decimal(cost, "0.0")
		}
	}
	n := noun{"user_stat", "user_stats"}
	if c.params.merged.Has("hourly_stats") {
		return showList(n, []struct{}{}, nil, write), nil
	}
	return showObject(n, struct{}{}, write), nil
}

// getLimits says that nothing is limited. What JSON shows beside the limits, XML has inside its one root.
func getLimits(c *call) (reply, error) {
	_, err := c.ownerID(mayReadLimits)
	return show(func(doc *document) error {
		if c.format == formatXML {
			doc.Root("limits")
			writeLimits(doc.Streamer)
		} else {
			doc.Hash()
			doc.Object("limits")
			writeLimits(doc.Streamer)
			doc.End()
		}
		for _, name := range []string{
			"best_data_store_group_primary_id", "best_data_store_group_swap_id", "best_network_group_id",
		} {
			doc.Nil(name)
		}
		doc.End()
		return nil
	}), err
}

// writeLimits: the lists have no items in them, and no names for items either.
func writeLimits(e stream) {
	for _, name := range []string{"cpus", "cpu_shares", "memory", "swap_disk_size", "primary_disk_size", "rate"} {
		e.Nil(name)
	}
	for _, name := range []string{"data_store_groups", "network_groups", "hypervisor_groups", "hypervisors"} {
		e.Array(name, "", railsxml.Flat)
		e.End()
	}
}
