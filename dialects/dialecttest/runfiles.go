package dialecttest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var fileName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+\.http$`)

// RunFiles plays every .http file below dir as a parallel subtest, each against
// a target of its own, and fails if there is none. The package comment has the format.
func RunFiles(t *testing.T, dir string, open func(testing.TB) *Target) {
	t.Helper()
	files, err := findFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no .http file below %s", dir)
	}
	for _, file := range files {
		name, _ := filepath.Rel(dir, file)
		t.Run(strings.TrimSuffix(filepath.ToSlash(name), ".http"), func(t *testing.T) {
			t.Parallel()
			runFile(t, file, open)
		})
	}
}

func findFiles(dir string) (files []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".http") {
			files = append(files, path)
		}
		return err
	})
	return files, err
}

func runFile(t testing.TB, file string, open func(testing.TB) *Target) {
	t.Helper()
	tr, err := readFile(file)
	if err != nil {
		t.Fatal(err)
	}
	target := open(t)
	if tr.needsClock() && target.Advance == nil {
		t.Skip("skipped: needs a clock that a test can move")
	}
	p := newPlayer(t, target)
	problems, err := p.judge(tr)
	if err == nil && target.Kept != nil {
		p.judgeKept(t)
	}
	switch {
	case tr.expectFail != "":
		tr.judgeExpectedFailure(t, problems, err)
	case err != nil:
		t.Fatalf("%s\n%v", strings.Join(problems, "\n"), err)
	case updating() && target.Rewrite:
		if err := os.WriteFile(file, tr.text(), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		for _, p := range problems {
			t.Errorf("%s", p)
		}
	}
}

// judgeExpectedFailure turns the result round: what is known to fail must fail,
// so that the line goes the day it does not.
func (tr *transcript) judgeExpectedFailure(t testing.TB, problems []string, err error) {
	t.Helper()
	if err != nil {
		problems = append(problems, err.Error())
	}
	if len(problems) == 0 {
		t.Errorf("passes now: take away the line %q", "# expect: fail ("+tr.expectFail+")")
		return
	}
	t.Skipf("fails as expected (%s):\n%s", tr.expectFail, strings.Join(problems, "\n"))
}

func readFile(file string) (*transcript, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	tr, err := parse(string(text), filepath.Dir(file))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, err)
	case !fileName.MatchString(filepath.Base(file)):
		return nil, fmt.Errorf("%s: the name is not verb-claim.http", file)
	case tr.claim == "":
		return nil, fmt.Errorf("%s: no comment that says what it claims", file)
	case tr.source == "":
		return nil, fmt.Errorf("%s: no line \"# source: \" that says what proves it", file)
	}
	return tr, nil
}

func (tr *transcript) needsClock() bool {
	return slices.ContainsFunc(tr.exchanges, func(ex *exchange) bool { return ex.advance != 0 })
}

// judge plays all exchanges and returns what differed. It fails at the first
// that cannot be had at all.
func (p *player) judge(tr *transcript) (problems []string, err error) {
	for i, ex := range tr.exchanges {
		problem, err := p.judgeOne(ex, updating() && tr.expectFail == "")
		if problem != "" {
			problems = append(problems, fmt.Sprintf("exchange %d: %s\n%s", i+1, ex.line, problem))
		}
		if err != nil {
			return problems, fmt.Errorf("exchange %d: %w", i+1, err)
		}
	}
	return problems, nil
}

func (p *player) judgeOne(ex *exchange, record bool) (problem string, err error) {
	answer, err := p.play(ex)
	if err != nil {
		return "", err
	}
	if leak := hashIn(answer); leak != "" {
		return "", fmt.Errorf("%s: the answer holds a password's hash: %s", ex.line, leak)
	}
	if problem, err = ex.compare(answer, p.vars); err == nil && record {
		err = ex.record(answer, p.vars)
	}
	return problem, err
}
