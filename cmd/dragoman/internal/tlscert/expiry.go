package tlscert

import (
	"context"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// WarnBefore is how long before its end a certificate is warned of, once a day.
const WarnBefore = 14 * 24 * time.Hour

// warnOfExpiry logs what expires soon or has expired.
func (s *Set) warnOfExpiry(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.certificates() {
		left, names := c.Leaf.NotAfter.Sub(now), strings.Join(Names(c.Leaf), ",")
		if left > WarnBefore || now.Sub(s.warned[names]) < 24*time.Hour {
			continue
		}
		s.warned[names] = now
		text := "a certificate expires soon"
		if left <= 0 {
			text = "a certificate has expired"
		}
		s.log.Warn(text, "names", names, "until", c.Leaf.NotAfter.UTC().Format(time.RFC3339), "days", int(left.Hours()/24))
	}
}

// Watch calls Refresh at every tick until ctx ends. Failures are in the log.
func (s *Set) Watch(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = s.Refresh(time.Now())
		}
	}
}

// Collector returns a metric of when each certificate expires.
func (s *Set) Collector() prometheus.Collector {
	return expiryCollector{s, prometheus.NewDesc("dragoman_tls_certificate_expiry_timestamp_seconds",
		"When a certificate expires, as a Unix time.", []string{"name"}, nil)}
}

type expiryCollector struct {
	set  *Set
	desc *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (c expiryCollector) Describe(to chan<- *prometheus.Desc) { to <- c.desc }

// Collect implements prometheus.Collector. Of the certificates of one name, the first
// to expire counts.
func (c expiryCollector) Collect(to chan<- prometheus.Metric) {
	ends := map[string]time.Time{}
	for _, shown := range c.set.certificates() {
		for _, name := range Names(shown.Leaf) {
			if end, known := ends[name]; !known || shown.Leaf.NotAfter.Before(end) {
				ends[name] = shown.Leaf.NotAfter
			}
		}
	}
	for name, end := range ends {
		to <- prometheus.MustNewConstMetric(c.desc, prometheus.GaugeValue, float64(end.Unix()), name)
	}
}
