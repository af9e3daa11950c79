package syncano_test

import (
	"context"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clientsDir has the published clients' lock file and what drives them.
const clientsDir = "../../testdata/clients/npm-syncano"

// TestPublishedClients runs the vendor's own JavaScript libraries against the
// dialect.
func TestPublishedClients(t *testing.T) {
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("skipped: the vendor's clients need node and npm, and there is no " + tool)
		}
	}
	dir := installClients(t)
	t.Run("syncano", func(t *testing.T) {
		w := newWorld(t, nil)
		server := httptest.NewServer(w.d)
		defer server.Close()
		drive(t, dir, "drive.js", "BASE="+server.URL)
	})
	t.Run("core", func(t *testing.T) {
		w := newWorld(t, nil)
		server := httptest.NewTLSServer(w.d)
		defer server.Close()
		certificate := filepath.Join(t.TempDir(), "ca.pem")
		block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		if err := os.WriteFile(certificate, block, 0o600); err != nil {
			t.Fatal(err)
		}
		drive(t, dir, "drive-core.js", "SYNCANO_HOST="+strings.TrimPrefix(server.URL, "https://"), "NODE_EXTRA_CA_CERTS="+certificate)
	})
}

// installClients copies the folder and installs what its lock file says, unless
// it is installed already.
func installClients(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(clientsDir, "node_modules", "syncano")); err == nil {
		return clientsDir
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(clientsDir)); err != nil {
		t.Fatal(err)
	}
	out, err := run(t, dir, 5*time.Minute, nil, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	switch {
	case err == nil:
		return dir
	case os.Getenv("CI") != "":
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	t.Skipf("skipped: the vendor's clients cannot be installed here: %v\n%s", err, out)
	return ""
}

// drive runs a script and wants all its steps to pass.
func drive(t *testing.T, dir, script string, env ...string) {
	t.Helper()
	env = append(env, "INSTANCE=testinst", "ACCOUNT_KEY="+ownerKey, "API_KEY="+testKey,
		"EMAIL=owner@example.com", "PASSWORD="+accountPassword)
	out, err := run(t, dir, 2*time.Minute, env, "node", script)
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(line, "FAIL ") {
			t.Error(line)
		}
	}
	if err != nil || !strings.Contains(out, " passed, 0 failed") {
		t.Errorf("%s: %v\n%s", script, err, out)
	}
}

func run(t *testing.T, dir string, patience time.Duration, env []string, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
