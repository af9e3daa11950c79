package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dragoman-gateway/dragoman/core"
)

// stateTimeout bounds how long a collection waits for the store.
const stateTimeout = 2 * time.Second

// stateCollector shows whether the store answers, and how many users there are.
type stateCollector struct {
	gateway   *Gateway
	up, users *prometheus.Desc
}

func newStateCollector(g *Gateway) stateCollector {
	return stateCollector{
		g,
		prometheus.NewDesc("dragoman_store_up", "1 if the store answers and takes changes, else 0.", nil, nil),
		prometheus.NewDesc("dragoman_users", "Users, by realm and state: enabled; disabled; expired, for those whose time has ended; deleted, for those that are only marked as deleted.",
			[]string{"realm", "state"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (c stateCollector) Describe(to chan<- *prometheus.Desc) { to <- c.up; to <- c.users }

// Collect implements prometheus.Collector.
func (c stateCollector) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), stateTimeout)
	defer cancel()
	if c.gateway.check(ctx) != nil {
		to <- prometheus.MustNewConstMetric(c.up, prometheus.GaugeValue, 0)
		return
	}
	to <- prometheus.MustNewConstMetric(c.up, prometheus.GaugeValue, 1)
	counts, err := c.count(ctx)
	if err != nil {
		return // the store answers, but not in time for so many realms
	}
	for realm, n := range counts {
		for state, users := range n.byState() {
			to <- prometheus.MustNewConstMetric(c.users, prometheus.GaugeValue, float64(users), string(realm), state)
		}
	}
}

// userCounts are the numbers of users of a realm. All but all leave out those marked as
// deleted; expired are enabled, but only until a time that has passed.
type userCounts struct{ all, present, disabled, expired int }

func (n userCounts) byState() map[string]int {
	return map[string]int{
		"enabled": n.present - n.disabled - n.expired, "disabled": n.disabled, "expired": n.expired, "deleted": n.all - n.present,
	}
}

// count counts the users of each realm. The store has the numbers of all users, and an
// index of those who may not act.
func (c stateCollector) count(ctx context.Context) (counts map[core.Realm]userCounts, err error) {
	err = c.gateway.directory.View(ctx, func(tx *core.Tx) error {
		counts = map[core.Realm]userCounts{}
		realms, err := tx.Realms()
		for _, realm := range realms {
			var n userCounts
			for to, q := range map[*int]core.UserQuery{
				&n.all:      {Realm: realm, Deleted: true},
				&n.present:  {Realm: realm},
				&n.disabled: {Realm: realm, Disabled: true},
				&n.expired:  {Realm: realm, ExpiredBy: tx.Now()},
			} {
				number, countErr := tx.CountUsers(q)
				*to, err = number, errors.Join(err, countErr)
			}
			counts[realm] = n
		}
		return err
	})
	return counts, err
}
