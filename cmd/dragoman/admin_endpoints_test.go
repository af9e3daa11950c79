package main

import (
	"regexp"
	"strings"
	"testing"
)

var ownListening = regexp.MustCompile(`admin=([0-9.:]+)`)

// ownAddress is where the program's own endpoints are, if they have a listener.
func ownAddress(t *testing.T, g *gatewayRun) string {
	t.Helper()
	m := ownListening.FindStringSubmatch(g.log.String())
	if m == nil {
		t.Fatalf("no own listener: %s", g.log)
	}
	return m[1]
}

var ours = regexp.MustCompile(`(?m)^dragoman_.*$`)

func TestMetricsSpeakOfRequestsHashesStoreAndProcess(t *testing.T) {
	g := startSeeded(t)
	talk(t, g)
	got := g.do(t, "GET", "/_dragoman/metrics", "")
	if kind := got.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain; version=0.0.4") {
		t.Errorf("Prometheus does not know %s", kind)
	}
	for _, want := range []string{
		`dragoman_requests_total{dialect="syncano",operation="`,
		`dragoman_requests_total{dialect="econtext",operation="`,
		`dragoman_requests_total{dialect="onapp",operation="`,
		`dragoman_request_duration_seconds_bucket{dialect="onapp",operation="`,
		"dragoman_hash_running ", "dragoman_hash_waiting ", "dragoman_hash_refused_total ",
		"dragoman_requests_in_flight ", "dragoman_connections_open ", "dragoman_log_lines_dropped_total ",
		"dragoman_refused_total{reason=\"busy\"} ", "dragoman_refused_total{reason=\"rate\"} ",
		"dragoman_connections_held_back_total ", "dragoman_credential_hits_total ", "dragoman_credential_misses_total ",
		"dragoman_store_readers ", "dragoman_store_readers_in_use ", "dragoman_store_reads_waiting ",
		"dragoman_store_check_duration_seconds_count ", "dragoman_store_cache_limit_bytes ",
		"dragoman_store_queue ", "dragoman_store_updates_total ", "dragoman_store_commit_duration_seconds_count ",
		"dragoman_store_read_duration_seconds_bucket{le=\"", "dragoman_store_cache_hits_total ", "process_resident_memory_bytes ", "go_goroutines ",
	} {
		if !strings.Contains(got.body, "\n"+want) {
			t.Errorf("no %s in\n%s", want, strings.Join(ours.FindAllString(got.body, -1), "\n"))
		}
	}
}

func TestOwnEndpointsCanHaveAListenerOfTheirOwn(t *testing.T) {
	g := startSeeded(t, "--admin-listen", "127.0.0.1:0")
	if got := send(t, "GET", "http://"+ownAddress(t, g)+"/_dragoman/health", ""); got.status != 200 || got.body != "ok\n" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := g.do(t, "GET", "/_dragoman/metrics", "", admin...); got.status == 200 {
		t.Errorf("the main address shows %s", got.body)
	}
	if got := send(t, "GET", "http://"+ownAddress(t, g)+"/users.json", "", admin...); got.status != 404 {
		t.Errorf("the own address shows %s", got.body)
	}
}
