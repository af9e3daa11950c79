package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// awaitLog waits until the log has the text.
func (c *child) awaitLog(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !strings.Contains(c.log.String(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the log does not say %q: %s", text, c.log)
		}
	}
}

func TestSIGHUPReadsSettings(t *testing.T) {
	t.Parallel()
	file := writeFile(t, "settings.yaml", "log-level: info\nmax-requests: 7\n")
	c := launchChild(t, nil, "--store", "sqlite::memory:", "--config", file)
	rewrite := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c.signal(t, syscall.SIGHUP)
	}
	c.base = "http://" + c.awaitAddress(t) // from then on it takes the signal
	rewrite("log-level: debug\nmax-requests: 8\nrate-limit: 9\n")
	c.awaitLog(t, `settings="max-requests rate-limit"`)
	c.awaitLog(t, "there are no certificates to read")
	c.do(t, "GET", "/virtual_machines_of_mine.json", "")
	c.awaitLog(t, "level=DEBUG")
	rewrite("log-level: warn\nmax-requests: seven\n")
	c.awaitLog(t, "the settings stay as they are")
	if strings.Contains(c.log.String(), "level=warn") {
		t.Errorf("half of what is wrong is applied: %s", c.log)
	}
}

func TestStartWarnsOfWhatIsDangerous(t *testing.T) {
	t.Parallel()
	for text, flags := range map[string][]string{
		"passwords and keys travel in plain text": {"--listen", "0.0.0.0:0"},
		"strangers can read /_dragoman/metrics":   {"--listen", "0.0.0.0:0", "--tls-local", "--tls-dir", t.TempDir()},
		"--trust shared":                          {"--trust", "shared"},
	} {
		g := start(t, append([]string{"--store", "sqlite::memory:"}, flags...)...)
		if g.end(t); !strings.Contains(g.log.String(), "level=WARN") || !strings.Contains(g.log.String(), text) {
			t.Errorf("%s: no warning of %q: %s", flags, text, g.log)
		}
	}
	g := start(t, "--store", "sqlite::memory:", "--listen", "0.0.0.0:0", "--trusted-proxies", "10.0.0.0/8", "--admin-listen", "127.0.0.1:0")
	if g.end(t); strings.Contains(g.log.String(), "level=WARN") {
		t.Errorf("a warning of what is not dangerous: %s", g.log)
	}
}
