package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The commands of the chapter "One user in all of them" do what it says.
func TestTheReadmesUserIsOneInAllDialects(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("skipped: this test needs curl")
	}
	url, answers := startSandbox(t), []string{}
	for _, line := range shellLines(readFile(t, "README.md")) {
		if !strings.HasPrefix(line, "curl ") {
			continue
		}
		line = strings.Replace(line, "http://127.0.0.1:8080", url, 1)
		out, err := exec.Command("sh", "-c", line+" -sS -f").CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v: %s", line, err, out)
		}
		answers = append(answers, string(out))
	}
	for i, want := range []string{`{"username":"ada",`, "", `"familyName":"Admin"`, `"user_key":"`} {
		if i >= len(answers) || !strings.Contains(answers[i], want) {
			t.Fatalf("%d: want %s: %q", i, want, answers)
		}
	}
	if scim := answers[2]; !strings.Contains(scim, `"givenName":"Ada"`) || !strings.Contains(scim, `"ada@example.com"`) {
		t.Error(scim)
	}
}

// What the README says of moving is run with the document on it.
func TestRuleTheReadmesCommandsAreThoseOfTheDocument(t *testing.T) {
	document := shellLines(readFile(t, "cmd/dragoman/MIGRATION.md"))
	for _, line := range shellLines(readFile(t, "README.md")) {
		if strings.HasPrefix(line, "dragoman ") && !slices.Contains(document, line) {
			t.Errorf("MIGRATION.md lacks %s", line)
		}
	}
}
