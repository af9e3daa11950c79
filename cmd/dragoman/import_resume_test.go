package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cancelling ends a context when something is written.
type cancelling struct {
	bytes.Buffer
	end context.CancelFunc
}

func (c *cancelling) Write(p []byte) (int, error) {
	c.end()
	return c.Buffer.Write(p)
}

const tableToResume = `id,username,email
1,ada,a@x
1,bob,b@x
3,cyd,a@x
4,dan,d@x
5,eve,d@x
6,fay,f@x
`

// resumable are the arguments of an import into a new folder, which end with those of
// its report.
func resumable(t *testing.T, dir string, more ...string) []string {
	t.Helper()
	file := filepath.Join(dir, "users.csv")
	if err := os.WriteFile(file, []byte(tableToResume), 0o600); err != nil {
		t.Fatal(err)
	}
	return append([]string{"import", file, "--store", "sqlite:" + filepath.Join(dir, "a.db"), "--batch", "2",
		"--report", filepath.Join(dir, "report"), "--rejects", filepath.Join(dir, "rejects.csv")}, more...)
}

// An import that was interrupted and resumed leaves the same files and users as one
// that was not.
func TestAnInterruptedImportIsResumed(t *testing.T) {
	for _, more := range [][]string{nil, {"--renumber"}} {
		whole, parts := t.TempDir(), t.TempDir()
		code, _, said := runCommand(t, resumable(t, whole, more...)...)
		if code != exitFailed {
			t.Fatalf("import: %d, %s", code, said)
		}
		ctx, cancel := context.WithCancel(context.Background())
		errs := &cancelling{end: cancel}
		code = run(ctx, resumable(t, parts, more...), nil, new(bytes.Buffer), errs)
		if code != exitFailed || !strings.Contains(errs.String(), "the same command with --resume goes on") {
			t.Fatalf("interrupted: %d, %s", code, errs)
		}
		if interrupted := contents(t, filepath.Join(parts, "report")); strings.Contains(interrupted, "fay") {
			t.Fatalf("the import was not interrupted: %s", interrupted)
		}
		// Of a full disk, the last line may be cut.
		tear(t, filepath.Join(parts, "report"), `{"row":5,"us`)
		code, _, resumed := runCommand(t, resumable(t, parts, append(more, "--resume")...)...)
		if code != exitFailed || lastOf(resumed) != strings.ReplaceAll(lastOf(said), whole, parts) {
			t.Errorf("resumed: %d, %s; want %s", code, resumed, said)
		}
		for _, name := range []string{"report", "rejects.csv"} {
			if got, want := contents(t, filepath.Join(parts, name)), contents(t, filepath.Join(whole, name)); got != want {
				t.Errorf("%s: %s; want %s", name, got, want)
			}
		}
	}
}

func tear(t *testing.T, file, end string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(end)
	}
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
}

// lastOf is the line before the last, which sums an import up.
func lastOf(said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	return lines[max(len(lines)-2, 0)]
}

func TestAReportOfAnotherSourceIsNotResumed(t *testing.T) {
	dir := t.TempDir()
	args := resumable(t, dir, "--resume")
	if code, _, said := runCommand(t, args...); code == exitOK || !strings.Contains(said, "--resume") {
		t.Errorf("without a report: %d, %s", code, said)
	}
	for text, want := range map[string]string{
		`{"row":2,"user":"zoe","verdict":"added"}` + "\n": "the report is of another source",
		"x\n": "line 1 is not one of a report",
	} {
		if err := os.WriteFile(filepath.Join(dir, "report"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, said := runCommand(t, args...); code == exitOK || !strings.Contains(said, want) {
			t.Errorf("%s: %d, %s", text, code, said)
		}
	}
	if code, _, said := runCommand(t, "import", "a.csv", "--resume"); code != exitUsage || !strings.Contains(said, "--report") {
		t.Errorf("without --report: %d, %s", code, said)
	}
}
