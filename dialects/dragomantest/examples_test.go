package dragomantest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The examples for other languages pass, where the machine has what they need.
func TestExamplesOfOtherLanguages(t *testing.T) {
	if testing.Short() {
		t.Skip("left out of short tests")
	}
	binary := filepath.Join(t.TempDir(), "dragoman")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/dragoman").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, command := range map[string][]string{
		"shell":   {"bash", "shell.sh"},
		"Node":    {"node", "--test", "node.test.mjs"},
		"pytest":  {"pytest", "-q", "-p", "no:cacheprovider", "test_sandbox.py"},
		"PHPUnit": {"phpunit", "SandboxTest.php"},
		"RSpec":   {"rspec", "sandbox_spec.rb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(command[0])
			if err != nil {
				t.Skipf("%s is not installed", command[0])
			}
			c := exec.Command(path, command[1:]...)
			c.Dir, c.Env = "examples", append(os.Environ(), "DRAGOMAN="+binary, "PYTHONDONTWRITEBYTECODE=1")
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
