package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// soak is the size of the test.
type soak struct {
	users   int
	lasts   time.Duration
	each    int   // attackers of each kind
	goBytes int64 // limit of the runtime's memory
	private int64 // at most, of the process's own memory, SQLite's and the race detector's included
}

func soakSize() soak {
	s := soak{users: coretest.Rounds(2_000, 20_000), lasts: 4 * time.Second, each: 15, goBytes: 300 << 20, private: 1 << 30}
	if !coretest.Long() {
		s.lasts = time.Second
	}
	if os.Getenv("TEST_DRAGOMAN_SOAK") != "" { // minutes, which are too long even for the long form
		s.users, s.lasts, s.each = 1_000_000, 3*time.Minute, 40
	}
	return s
}

// floodedKey is a key of the instance, and so of the realm, that the logins flood.
const floodedKey = "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c93"

// soakFlags fills a store and bounds everything, so that a few attackers meet the bounds.
func soakFlags(t *testing.T, users int) []string {
	t.Helper()
	store := dbIn(t)
	fillStore(t, store, users)
	flooded := "    - {name: flooded, owner: admin@example.com, api_keys: [{key: " + floodedKey + ", ignore_acl: true}]}\n"
	seed := strings.Replace(devSeed, "econtext:\n", flooded+"econtext:\n", 1)
	return []string{
		"--store", store, "--seed", writeFile(t, "seed.yaml", seed), "--admin-listen", "127.0.0.1:0",
		"--max-connections", "100", "--max-requests", "64", "--header-timeout", "1s", "--read-timeout", "2s", "--write-timeout", "10s",
		"--rate-limit", "3", "--rate-burst", "50", "--hash-queue", "4", "--hash-memory", "19MiB", "--hash-time", "2",
	}
}

// Under slow readers, a flood of logins, endless bodies and headers and too many
// connections, other clients are served, refusals are in the dialect's form, and
// memory stays bounded. Afterwards no resource is still in use.
func TestSoak(t *testing.T) {
	size := soakSize()
	// The bounds on memory are for Go's own pace of collection.
	c := launchChild(t, func(c *exec.Cmd) { c.Env = append(c.Env, "GOGC=100") }, soakFlags(t, size.users)...)
	c.base = "http://" + c.awaitAddress(t)
	own := "http://" + ownAddress(t, &c.gatewayRun)
	a := &attack{t: t, address: strings.TrimPrefix(c.base, "http://"), end: make(chan struct{})}
	a.start(size.each)
	until := time.Now().Add(size.lasts)
	var honest sync.WaitGroup
	for dialect, ask := range honestRequests(c.base) {
		honest.Go(func() { beServed(t, dialect, ask, until) })
	}
	var most memory
	for time.Now().Before(until) {
		most.look(t, own, c.cmd.Process.Pid)
		time.Sleep(100 * time.Millisecond)
	}
	honest.Wait()
	a.awaitBounds()
	a.stop()
	a.report()
	t.Logf("at most %d MiB of the runtime's, %d MiB private", most.goBytes>>20, most.private>>20)
	if most.goBytes > size.goBytes || most.private > size.private {
		t.Errorf("memory: at most %d bytes of the runtime's, %d private", most.goBytes, most.private)
	}
	awaitCalm(t, own)
	boundsAreCounted(t, own)
}

// boundsAreCounted checks that the metrics count every bound that was met.
func boundsAreCounted(t *testing.T, own string) {
	t.Helper()
	page := send(t, "GET", own+"/_dragoman/metrics", "").body
	for _, name := range []string{
		"dragoman_connections_held_back_total", "dragoman_hash_refused_total", `dragoman_refused_total\{reason="rate"\}`,
		"dragoman_credential_hits_total", "dragoman_credential_misses_total", "dragoman_store_cache_hits_total",
	} {
		if metricIn(t, page, name) == 0 {
			t.Errorf("%s is 0", name)
		}
	}
}

// honestRequests are the requests of other clients.
func honestRequests(base string) map[string]func(kept *http.Client) (*http.Response, error) {
	ask := func(method, path, body string, header ...string) func(*http.Client) (*http.Response, error) {
		return func(client *http.Client) (*http.Response, error) {
			r, err := http.NewRequest(method, base+path, strings.NewReader(body))
			if err != nil {
				return nil, err
			}
			for i := 0; i < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
			return client.Do(r)
		}
	}
	json := append([]string{"Content-Type", "application/json"}, admin...)
	return map[string]func(*http.Client) (*http.Response, error){
		"syncano":   ask("GET", "/v1.1/instances/main/users/?page_size=10", "", "X-API-KEY", seedAPIKey),
		"econtext":  ask("GET", "/api/users?limit=10", "", admin...),
		"onapp":     ask("PUT", "/users/7.json", `{"user":{"first_name":"Calm"}}`, json...),
		"onapp xml": ask("GET", "/users/7.xml", "", admin...),
	}
}

// beServed sends requests repeatedly, on a kept connection and every fifth on a new
// one. A refusal under load is not a failure if it has a Retry-After; but no
// more than a few in a row, and never an error.
func beServed(t *testing.T, dialect string, ask func(*http.Client) (*http.Response, error), until time.Time) {
	kept := &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
	defer kept.CloseIdleConnections()
	served, refused := 0, 0
	for i := 0; time.Now().Before(until) || served == 0; i++ {
		client := kept
		if i%5 == 4 {
			client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
		}
		switch status, err := statusOf(dialect, client, ask); {
		case err != nil:
			t.Errorf("%s: %v", dialect, err)
			return
		case status < 300:
			served, refused = served+1, 0
		case refused > 100:
			t.Errorf("%s: refused %d times in a row, after %d answers", dialect, refused, served)
			return
		default:
			refused++
			time.Sleep(200 * time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Logf("%s: %d answers", dialect, served)
}

// statusOf sends one request. A response that is neither good nor a refusal in the
// dialect's form is an error.
func statusOf(dialect string, client *http.Client, ask func(*http.Client) (*http.Response, error)) (int, error) {
	res, err := ask(client)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode < 300 {
		return res.StatusCode, err
	}
	return res.StatusCode, overloaded(dialect, res, string(body))
}

// overloadForms are the beginnings of the dialects' refusals.
var overloadForms = map[string]string{
	"syncano": `{"detail":"`, "econtext": `{"econtext": {"`, "onapp": `{"status":"`, "onapp xml": "<status>",
}

// overloaded fails unless the answer is 503 or 429, in the dialect's form, with a Retry-After.
func overloaded(dialect string, res *http.Response, body string) error {
	if res.StatusCode != http.StatusServiceUnavailable && res.StatusCode != http.StatusTooManyRequests {
		return fmt.Errorf("%d %s", res.StatusCode, body)
	}
	if after, err := strconv.Atoi(res.Header.Get("Retry-After")); err != nil || after < 1 {
		return fmt.Errorf("%d with Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	if !strings.Contains(body, overloadForms[dialect]) {
		return fmt.Errorf("%d in another form: %s", res.StatusCode, body)
	}
	return nil
}

// memory is the maximum that was measured.
type memory struct{ goBytes, private int64 }

var privateBytes = regexp.MustCompile(`RssAnon:\s+(\d+) kB`)

func (m *memory) look(t *testing.T, own string, pid int) {
	t.Helper()
	page := send(t, "GET", own+"/_dragoman/metrics", "").body
	m.goBytes = max(m.goBytes, int64(metricIn(t, page, "go_memstats_sys_bytes")-metricIn(t, page, "go_memstats_heap_released_bytes")))
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if found := privateBytes.FindSubmatch(status); err == nil && found != nil {
		kib, _ := strconv.ParseInt(string(found[1]), 10, 64)
		m.private = max(m.private, kib<<10)
	}
}

// metricIn is the value of the metric without labels.
func metricIn(t *testing.T, page, name string) float64 {
	t.Helper()
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no %s in\n%s", name, page)
	}
	value, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// awaitCalm waits until nothing is in flight, waiting or open.
func awaitCalm(t *testing.T, own string) {
	t.Helper()
	var page string
	for range 300 {
		page = send(t, "GET", own+"/_dragoman/metrics", "").body
		if metricIn(t, page, "dragoman_requests_in_flight") == 0 && metricIn(t, page, "dragoman_connections_open") == 0 &&
			metricIn(t, page, "dragoman_hash_waiting") == 0 && metricIn(t, page, "go_goroutines") < 60 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("resources are still in use:\n%s", strings.Join(ours.FindAllString(page, -1), "\n"))
}
