package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// npmSeed is the instance and the account that the scripts of testdata/clients use.
const npmSeed = `syncano:
  accounts:
    - email: owner@example.com
      password: lock-stock-barrel
      account_key: 0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70
  instances:
    - name: testinst
      owner: owner@example.com
      api_keys:
        - key: 5a6e0c9d1f5b72845a6e0c9d1f5b72845a6e0c93
`

// TestPublishedClientsOverLocalTLS runs the vendor's own JavaScript libraries, of which
// @syncano/core speaks only HTTPS, with the one line that --tls-local prints for them.
func TestPublishedClientsOverLocalTLS(t *testing.T) {
	coretest.NeedLong(t)
	t.Parallel()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("skipped: the vendor's clients need node and npm, and there is no " + tool)
		}
	}
	clients := installNpmClients(t)
	for script, env := range map[string]string{"drive.js": "BASE=https://", "drive-core.js": "SYNCANO_HOST="} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			driveOverLocalTLS(t, clients, script, env)
		})
	}
}

// driveOverLocalTLS runs a script against a gateway of its own: it counts users. env is the
// variable for the gateway's address, to which that is added.
func driveOverLocalTLS(t *testing.T, clients, script, env string) {
	t.Helper()
	g := launch(t, "--store", dbIn(t), "--tls-local", "--seed", writeFile(t, "seed.yaml", npmSeed), "--syncano-open-registration")
	address := g.awaitAddress(t)
	_, ca, found := strings.Cut(g.out.String(), "export NODE_EXTRA_CA_CERTS=")
	ca, _, _ = strings.Cut(ca, "\n")
	if !found {
		t.Fatal(g.out)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", script)
	cmd.Dir = clients
	cmd.Env = append(os.Environ(), env+address, "NODE_EXTRA_CA_CERTS="+ca, "INSTANCE=testinst",
		"ACCOUNT_KEY=0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70", "API_KEY=5a6e0c9d1f5b72845a6e0c9d1f5b72845a6e0c93",
		"EMAIL=owner@example.com", "PASSWORD=lock-stock-barrel")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), " passed, 0 failed") {
		t.Errorf("%v\n%s", err, out)
	}
}

// installNpmClients returns a folder with what the lock file says, installed now unless
// it was before.
func installNpmClients(t *testing.T) string {
	t.Helper()
	source := filepath.Join(root, "testdata", "clients", "npm-syncano")
	if _, err := os.Stat(filepath.Join(source, "node_modules", "@syncano", "core")); err == nil {
		return source
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return dir
	case os.Getenv("CI") != "":
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	t.Skipf("skipped: the vendor's clients cannot be installed here: %v\n%s", err, out)
	return ""
}
