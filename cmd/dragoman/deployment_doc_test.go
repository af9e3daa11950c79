package main

import (
	"os"
	"strings"
	"testing"
)

// Every command of the document serves. It listens on a free port, and asks no authority
// on the network.
func TestCommandsOfTheDeploymentDocumentServe(t *testing.T) {
	lines := shellLines(readFile(t, "cmd/dragoman/DEPLOYMENT.md"))
	site, siteKey := certificatePair(t, "api.syncano.io")
	panel, panelKey := certificatePair(t, "panel.example.com")
	t.Chdir(t.TempDir())
	for from, to := range map[string]string{site: "site.pem", siteKey: "site-key.pem", panel: "panel.pem", panelKey: "panel-key.pem"} {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range lines {
		flags, ok := strings.CutPrefix(line, "dragoman serve ")
		if !ok {
			t.Errorf("not a gateway: %s", line)
			continue
		}
		g := launch(t, append(strings.Fields(flags), "--tls-acme-directory", "https://127.0.0.1:1/", "--log-level", "info")...)
		g.awaitAddress(t)
		if code := g.end(t); code != 0 {
			t.Errorf("%s: exit %d: %s", line, code, g.log)
		}
	}
	if len(lines) < 7 {
		t.Errorf("only %d commands", len(lines))
	}
}
