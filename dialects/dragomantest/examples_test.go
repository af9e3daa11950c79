package dragomantest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// The examples for other languages pass, where the machine has what they need.
func TestExamplesOfOtherLanguages(t *testing.T) {
	coretest.NeedLong(t)
	binary := filepath.Join(t.TempDir(), "dragoman")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/dragoman").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	examples, err := filepath.Abs("examples")
	if err != nil {
		t.Fatal(err)
	}
	for name, command := range map[string][]string{
		"shell":   {"bash", "shell.sh"},
		"Node":    {"node", "--test", "node.test.mjs"},
		"pytest":  {"pytest", "-q", "-p", "no:cacheprovider", "test_sandbox.py"},
		"PHPUnit": {"phpunit", "--do-not-cache-result", "SandboxTest.php"},
		"RSpec":   {"rspec", "sandbox_spec.rb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(command[0])
			if err != nil {
				leaveOut(t, name, command[0])
			}
			last := len(command) - 1
			c := exec.Command(path, append(command[1:last:last], filepath.Join(examples, command[last]))...)
			c.Dir, c.Env = t.TempDir(), append(os.Environ(), "DRAGOMAN="+binary, "PYTHONDONTWRITEBYTECODE=1")
			if name == "Node" {
				c.Dir = "../../testdata/clients/npm-syncano"
				if _, err := os.Stat(filepath.Join(c.Dir, "node_modules", "syncano")); err != nil {
					leaveOut(t, name, "npm ci in "+c.Dir)
				}
			}
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

// optional are the examples whose tools .ci/run does not install; of all others it refuses
// to leave one out.
var optional = []string{"PHPUnit", "RSpec"}

func leaveOut(t *testing.T, name, what string) {
	t.Helper()
	if slices.Contains(optional, name) {
		t.Skip("skipped: the example needs " + what)
	}
	t.Skip("skipped: this test needs " + what)
}
