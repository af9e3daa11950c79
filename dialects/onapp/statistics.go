package onapp

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
)

// statisticRoutes answer what billing modules ask about a user. Users have no servers here: nothing
// was used and nothing is due. See REFERENCE.md, "Version, settings and money".
var statisticRoutes = []route{
	{"GET", "/users/:user_id/user_statistics", "statistics.show", getStatistics},
	{"GET", "/users/:user_id/vm_stats", "statistics.vm_stats", emptyList(noun{"vm_stat", "vm_stats"})},
	{"GET", "/users/:user_id/monthly_bills", "statistics.monthly_bills", emptyList(noun{"vm_stat", "vm_stats"})},
	{"GET", "/users/:user_id/last_access_log", "statistics.access_log", emptyList(noun{"last_access_log_item", "last_access_log_items"})},
	{"GET", "/users/:user_id/virtual_machines", "resources.list", emptyList(noun{"virtual_machine", "virtual_machines"})},
	{"GET", "/users/:user_id/hypervisors", "resources.list", emptyList(noun{"hypervisor", "hypervisors"})},
	{"GET", "/users/:user_id/data_store_zones", "resources.list", emptyZones(noun{"data_store_zone", "data_store_zones"})},
	{"GET", "/users/:user_id/network_zones", "resources.list", emptyZones(noun{"network_zone", "network_zones"})},
	{"GET", "/users/:user_id/backups", "resources.list", emptyList(noun{"backup", "backups"})},
	{"GET", "/users/:user_id/assigned_ips", "resources.list", emptyList(noun{"assigned_ip", "assigned_ips"})},
	{"GET", "/users/:user_id/virtual_server_ips", "resources.list", emptyList(noun{"virtual_server_ip", "virtual_server_ips"})},
	{"GET", "/users/:user_id/customer_networks", "resources.list", emptyList(noun{"customer_network", "customer_networks"})},
	{"GET", "/users/:user_id/hv_limits", "statistics.hv_limits", emptyLimits(noun{"hv_limit", "hv_limits"})},
	{"GET", "/user_groups/:id/reports", "user_groups.reports", emptyReports},
	{"GET", "/virtual_machines", "panel_resources.list", emptyPanelList(noun{"virtual_machine", "virtual_machines"})},
	{"GET", "/templates", "panel_resources.list", emptyPanelList(noun{"image_template", "image_templates"})},
}

// showNone answers with a list without items.
func (c *call) showNone(n noun) reply {
	p := c.readPage()
	return showList(n, cut(p, []struct{}{}), p, func(stream, struct{}) {})
}

// emptyList answers with a list of a user's that has no items.
func emptyList(n noun) handler { return emptyUserList(n, mayReadUsers) }

// emptyLimits is emptyList for callers who may see limits.
func emptyLimits(n noun) handler { return emptyUserList(n, mayReadLimits) }

func emptyUserList(n noun, a access) handler {
	return func(c *call) (reply, error) {
		err := c.checkUser(a)
		return c.showNone(n), err
	}
}

// emptyPanelList answers with a list of the panel's that has no items, to every caller: clients show
// it first.
func emptyPanelList(n noun) handler {
	return func(c *call) (reply, error) { return c.showNone(n), nil }
}

func emptyReports(c *call) (reply, error) {
	err := c.view(func(tx *core.Tx) error {
		_, err := c.targetGroup(tx, kindUserGroup, mayReadGroups)
		return err
	})
	return c.showNone(noun{"report", "reports"}), err
}

// emptyZones is emptyList, but the oldest versions do not check that the user exists.
func emptyZones(n noun) handler {
	checked := emptyList(n)
	return func(c *call) (reply, error) {
		r, err := checked(c)
		if c.d.version < v30 && core.KindOf(err) == core.NotFound {
			err = nil
		}
		return r, err
	}
}

// checkUser fails for a user that does not exist and for a caller who lacks the right.
func (c *call) checkUser(a access) error {
	return c.view(func(tx *core.Tx) error {
		_, err := c.targetUser(tx, c.id("user_id"), a)
		return err
	})
}

func getStatistics(c *call) (reply, error) {
	if err := c.checkUser(mayReadUsers); err != nil {
		return reply{}, err
	}
	id, now := c.id("user_id"), c.d.dir.Now()
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
			"template_iso_cost", "backup_count_cost", "backup_disk_size_cost", "template_count_cost",
			"recovery_point_cost", "autoscale_cost", "acceleration_cost", "ova_count_cost", "ova_size_cost",
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
