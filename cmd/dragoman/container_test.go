package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/dragoman-gateway/dragoman/core/coretest"
)

// image is what the container's file makes: a root file system, and what runs in it.
type image struct {
	root, user            string
	env                   []string
	entry, command, check []string
	volume                string
}

// The file's own steps build a static binary, which serves in the file system that the
// file describes, read-only, as its user.
func TestTheContainerServes(t *testing.T) {
	coretest.NeedLong(t)
	t.Parallel()
	for _, tool := range []string{"unshare", "chroot", "gcc", "go", "git"} {
		if _, err := exec.LookPath(tool); err != nil || os.Getuid() != 0 {
			t.Skipf("skipped: this test needs root, unshare, chroot, gcc, go and git: %v", err)
		}
	}
	m := buildImage(t)
	address := freeAddress(t)
	m.env = append(m.env, "DRAGOMAN_LISTEN="+address)
	if out, err := m.run("/dragoman", "version").CombinedOutput(); err != nil || !strings.Contains(string(out), "(commit "+headCommit(t)) {
		t.Errorf("version: %v: %s", err, out)
	}
	var log lockedText
	server := m.run(append(m.entry, m.command...)...)
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	eventually(t, func() error {
		out, err := m.run(m.check...).CombinedOutput()
		if err == nil && string(out) != "ok\n" {
			err = errors.New(string(out))
		}
		return err
	})
	if got := send(t, "GET", "http://"+address+"/_dragoman/ready", ""); got.status != 200 {
		t.Errorf("not ready: %d %s", got.status, got.body)
	}
	for path, kept := range map[string]bool{m.volume + "/copy.db": true, "/copy.db": false, "/etc/copy.db": false} {
		if out, err := m.run("/dragoman", "backup", path).CombinedOutput(); (err == nil) != kept {
			t.Errorf("backup %s: %v: %s", path, err, out)
		}
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("at the end: %v", err)
	}
}

// buildImage follows the container's file. Its folder /out is another one, and what the
// base image of the first stage has is this machine's.
func buildImage(t *testing.T) *image {
	t.Helper()
	out, m := t.TempDir(), &image{root: t.TempDir()}
	for _, dir := range []string{filepath.Dir(m.root), m.root} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	stage := 0
	for _, line := range containerLines(t) {
		instruction, rest, _ := strings.Cut(line, " ")
		switch {
		case instruction == "FROM":
			stage++
		case instruction == "RUN" && strings.Contains(rest, "go build"):
			c := exec.Command("sh", "-c", strings.ReplaceAll(rest, "/out/", out+"/"))
			c.Dir, c.Env = root, append(os.Environ(), "GOFLAGS=-buildvcs=auto") // Go's default, whatever this machine's settings say
			if text, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v: %s", line, err, text)
			}
		case stage == 2:
			m.follow(t, instruction, rest, out)
		}
	}
	if m.user == "" || m.volume == "" || len(m.entry) == 0 || len(m.check) == 0 {
		t.Fatalf("the container's file lacks something: %+v", m)
	}
	return m
}

// containerLines returns the instructions of the file, one on each line.
func containerLines(t *testing.T) (lines []string) {
	t.Helper()
	text := strings.ReplaceAll(readFile(t, ".container/Containerfile"), "\\\n", " ")
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines
}

// follow follows an instruction of the last stage.
func (m *image) follow(t *testing.T, instruction, rest, out string) {
	t.Helper()
	switch instruction {
	case "COPY":
		m.copy(t, strings.Fields(rest), out)
	case "USER":
		m.user = rest
	case "ENV":
		m.env = append(m.env, strings.Fields(rest)...)
	case "VOLUME":
		m.volume = rest
	case "ENTRYPOINT":
		m.entry = listOf(t, rest)
	case "CMD":
		m.command = listOf(t, rest)
	case "HEALTHCHECK":
		_, list, _ := strings.Cut(rest, "CMD ")
		m.check = listOf(t, list)
	case "EXPOSE":
	default:
		t.Errorf("the test does not know the instruction %s", instruction)
	}
}

func listOf(t *testing.T, text string) (list []string) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return list
}

// copy copies a file or an empty folder of the first stage.
func (m *image) copy(t *testing.T, args []string, out string) {
	t.Helper()
	mode, owner := fs.FileMode(0o755), ""
	for len(args) > 2 {
		switch name, value, _ := strings.Cut(args[0], "="); name {
		case "--from":
		case "--chown":
			owner = value
		case "--chmod":
			bits, err := strconv.ParseUint(value, 8, 32)
			if err != nil {
				t.Fatal(err)
			}
			mode = fs.FileMode(bits)
		default:
			t.Fatalf("the test does not know COPY %s", args[0])
		}
		args = args[1:]
	}
	from, to := strings.Replace(args[0], "/out/", out+"/", 1), filepath.Join(m.root, args[1])
	info, err := os.Stat(from)
	if errors.Is(err, fs.ErrNotExist) && from == args[0] {
		return // this machine has no such file, the base image has
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755)
	}
	if err == nil && info.IsDir() {
		err = os.Mkdir(to, 0o700)
	} else if err == nil {
		err = exec.Command("cp", from, to).Run()
	}
	if err == nil {
		err = os.Chmod(to, mode)
	}
	if err == nil && owner != "" {
		err = exec.Command("chown", owner, to).Run()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// run returns a command in the image, whose file system is read-only but for the volume.
// Where mounts are not allowed, all else belongs to root at least.
func (m *image) run(args ...string) *exec.Cmd {
	const readOnly = `mount --bind "$0" "$0" && mount --bind "$0$1" "$0$1" && mount -o remount,bind,ro "$0" && shift && exec "$@"`
	inside := append([]string{"chroot", "--userspec=" + m.user, m.root}, args...)
	if exec.Command("unshare", "--mount", "true").Run() == nil {
		inside = append([]string{"unshare", "--mount", "sh", "-c", readOnly, m.root, m.volume}, inside...)
	}
	c := exec.Command(inside[0], inside[1:]...)
	c.Env = append([]string{"PATH=" + os.Getenv("PATH")}, m.env...)
	return c
}

// headCommit returns the beginning of the commit that is built; "" in a folder that is
// not a clone: Go looks for no commit in a work tree beside it.
func headCommit(t *testing.T) string {
	t.Helper()
	if info, err := os.Stat(filepath.Join(root, ".git")); err != nil || !info.IsDir() {
		return ""
	}
	out, err := exec.Command("git", "-C", root, "rev-parse", "--short=12", "HEAD").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
