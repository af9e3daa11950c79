package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// The document has every metric, by its name or the beginning of it, and no other; the
// alerts look at metrics that there are.
func TestTheDocumentHasTheMetrics(t *testing.T) {
	t.Parallel()
	g, ca := startLocalTLS(t)
	get := func(path string) string {
		req, err := http.NewRequest("GET", g.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(admin[0], admin[1])
		res, err := trusting(t, ca, "").Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return bodyOf(t, res)
	}
	get("/virtual_machines_of_mine.json")
	there := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+)`).FindAllStringSubmatch(get("/_dragoman/metrics"), -1) {
		there[m[1]] = true
	}
	_, chapter, _ := strings.Cut(readFile(t, "cmd/dragoman/OPERATIONS.md"), "\n## Metrics and alerts\n")
	table, rest, _ := strings.Cut(chapter, "\nSix rules")
	described := regexp.MustCompile("`(dragoman_[a-z_]+\\*?)`").FindAllStringSubmatch(table, -1)
	for name := range there {
		if strings.HasPrefix(name, "dragoman_") && !describes(described, name) {
			t.Errorf("the document lacks %s", name)
		}
	}
	for _, m := range described {
		if !there[m[1]] && !strings.HasSuffix(m[1], "*") {
			t.Errorf("the metric %s does not exist", m[1])
		}
	}
	_, rules, _ := strings.Cut(rest, "```yaml\n")
	rules, _, _ = strings.Cut(rules, "```")
	var alerts []struct {
		Alert, Expr string
		For         time.Duration
	}
	if err := yaml.Unmarshal([]byte(rules), &alerts); err != nil || len(alerts) != 6 {
		t.Fatalf("%d alerts: %v", len(alerts), err)
	}
	for _, a := range alerts {
		if a.Alert == "" || a.Expr == "" || a.For == 0 {
			t.Errorf("an alert lacks something: %+v", a)
		}
		for _, name := range regexp.MustCompile(`dragoman_[a-z_]+`).FindAllString(a.Expr, -1) {
			if !there[name] {
				t.Errorf("alert %s: the metric %s does not exist", a.Alert, name)
			}
		}
	}
}

// describes reports whether one of the names, which can end in *, is that of the metric.
func describes(names [][]string, metric string) bool {
	for _, m := range names {
		if start, open := strings.CutSuffix(m[1], "*"); m[1] == metric || open && strings.HasPrefix(metric, start) {
			return true
		}
	}
	return false
}
