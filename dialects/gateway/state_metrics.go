package gateway

import (
	"context"
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
		prometheus.NewDesc("dragoman_users", "Users, by realm and state: present, or deleted for those that are only marked as deleted.", []string{"realm", "state"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (c stateCollector) Describe(to chan<- *prometheus.Desc) { to <- c.up; to <- c.users }

// Collect implements prometheus.Collector.
func (c stateCollector) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), stateTimeout)
	defer cancel()
	up := 1.0
	counts, err := c.count(ctx)
	if err != nil || c.gateway.check(ctx) != nil {
		up = 0
	}
	to <- prometheus.MustNewConstMetric(c.up, prometheus.GaugeValue, up)
	for realm, n := range counts {
		to <- prometheus.MustNewConstMetric(c.users, prometheus.GaugeValue, float64(n[0]), string(realm), "present")
		to <- prometheus.MustNewConstMetric(c.users, prometheus.GaugeValue, float64(n[1]-n[0]), string(realm), "deleted")
	}
}

// count returns for each realm the users without and with those marked as deleted.
func (c stateCollector) count(ctx context.Context) (counts map[core.Realm][2]int, err error) {
	err = c.gateway.directory.View(ctx, func(tx *core.Tx) error {
		counts = map[core.Realm][2]int{}
		realms, err := tx.Realms()
		if err != nil {
			return err
		}
		for _, realm := range realms {
			present, err := tx.CountUsers(core.UserQuery{Realm: realm})
			if err != nil {
				return err
			}
			all, err := tx.CountUsers(core.UserQuery{Realm: realm, Deleted: true})
			if err != nil {
				return err
			}
			counts[realm] = [2]int{present, all}
		}
		return nil
	})
	return counts, err
}
