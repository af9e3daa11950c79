package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
)

// transferCommand measures an import and an export.
type transferCommand struct {
	populationFlags
	Store    string `help:"Store to import into, which must be empty. Default: a new SQLite file, removed at the end." placeholder:"DSN"`
	Dragoman string `help:"Program to run. Default: dragoman next to this program, or else a new build." placeholder:"PATH"`
	Folder   string `default:"." help:"Folder for temporary files." placeholder:"DIR"`
	Floor    bool   `default:"true" negatable:"" help:"Compare with sqlite3 .import of the same rows into tables with the same indexes."`
}

// Run writes an archive of the users, each in two groups, imports it and exports the
// store again.
func (c *transferCommand) Run(ctx context.Context, std streams) (err error) {
	folder, err := os.MkdirTemp(c.Folder, "dragoman-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	program, err := gatewayProgram(ctx, c.Dragoman, folder)
	if err != nil {
		return err
	}
	in, out := filepath.Join(folder, "in.jsonl"), filepath.Join(folder, "out.jsonl")
	size, err := c.write(in)
	if err != nil {
		return err
	}
	dsn := c.Store
	if dsn == "" {
		dsn = "sqlite:" + filepath.Join(folder, "a.db")
	}
	_, _ = fmt.Fprintf(std.out, "%s users with two memberships each, %s MiB\n", thousands(float64(c.Users)), mebibytes(size))
	imported, err := c.measure(ctx, std.out, "import", program, "import", in, "--store", dsn, "--progress", "json")
	if err == nil {
		_, err = c.measure(ctx, std.out, "export", program, "export", out, "--store", dsn)
	}
	if err != nil || !c.Floor || c.Store != "" {
		return err
	}
	return c.floor(ctx, std.out, folder, imported)
}

// groupsEach is how many groups of each kind there are.
const groupsEach = 10

// write writes the archive and returns its size.
func (c *transferCommand) write(path string) (size int64, err error) {
	hashes, err := makeHashes([]string{"bcrypt"})
	if err != nil {
		return 0, err
	}
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriterSize(f, 1<<20)
	lines := json.NewEncoder(out)
	kinds := []string{"bench.a", "bench.b"}
	put := func(l archive.Line) {
		if err == nil {
			err = lines.Encode(l)
		}
	}
	put(archive.Line{Archive: &archive.Header{Version: archive.Version}})
	for _, kind := range kinds {
		for g := range int64(groupsEach) {
			put(archive.Line{Group: &archive.Group{Kind: kind, ID: g + 1, UID: fmt.Sprintf("%s-%d", kind, g), Name: "group"}})
		}
	}
	for i := range c.Users {
		u := population{c.Population}.user(i, hashes[0])
		u.ID, u.Realm = int64(i)+1, core.MainRealm
		line, lineErr := archive.UserLine(u)
		if lineErr != nil {
			err = errors.Join(err, lineErr)
			break
		}
		put(*line)
	}
	for k, kind := range kinds {
		for i := range int64(c.Users) {
			put(archive.Line{Membership: &archive.Membership{Kind: kind, ID: i + 1, User: i + 1, Group: (i*int64(k+1))%groupsEach + 1}})
		}
	}
	put(archive.Line{End: &archive.End{}})
	size, seekErr := f.Seek(0, io.SeekCurrent)
	return size + int64(out.Buffered()), errors.Join(err, seekErr, out.Flush(), f.Close())
}

// measured is how long a program took, and what of the processor.
type measured struct{ took, cpu time.Duration }

// measure runs a program and prints what it took. Its lines of progress show whether
// the last tenth of the rows was as fast as the first.
func (c *transferCommand) measure(ctx context.Context, out io.Writer, what, program string, args ...string) (m measured, err error) {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = withoutSettings(os.Environ())
	log := &tail{}
	cmd.Stdout = log
	said, err := cmd.StderrPipe()
	if err != nil {
		return m, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return m, err
	}
	tenths := tenthsOf{total: int(c.Users) * 3, began: began}
	own := int64(0)
	for lines := bufio.NewScanner(said); lines.Scan(); {
		_, _ = log.Write(append(lines.Bytes(), '\n'))
		tenths.line(lines.Bytes(), time.Now())
		own = max(own, process(cmd.Process.Pid).memory().Own)
	}
	if err := cmd.Wait(); err != nil {
		return m, fmt.Errorf("%s: %w: %s", what, err, log)
	}
	m = measured{time.Since(began), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	_, err = fmt.Fprintf(out, "%-16s %8s, %8s of CPU%s%s\n", what, short(m.took), short(m.cpu), memoryText(own), tenths.text())
	return m, err
}

func memoryText(own int64) string {
	if own == 0 {
		return ""
	}
	return ", " + mebibytes(own) + " MiB of its own"
}

// tenthsOf notes when tenths of the rows were done.
type tenthsOf struct {
	total int
	began time.Time
	first time.Duration // of the first tenth of users
	user  time.Duration // of the last one
	at    time.Time     // when the ninth was done
}

func (t *tenthsOf) line(text []byte, now time.Time) {
	var state struct{ Rows int }
	if json.Unmarshal(text, &state) != nil || state.Rows == 0 {
		return
	}
	users := t.total / 3
	switch {
	case t.first == 0 && state.Rows >= users/10:
		t.first = now.Sub(t.began) * time.Duration(users/10) / time.Duration(state.Rows)
	case t.at.IsZero() && state.Rows >= users*9/10:
		t.at = now
	case t.user == 0 && !t.at.IsZero() && state.Rows >= users:
		t.user = now.Sub(t.at)
	}
}

func (t *tenthsOf) text() string {
	if t.first == 0 || t.user == 0 {
		return ""
	}
	return fmt.Sprintf("; the last tenth of the users took %.2f times the first", float64(t.user)/float64(t.first))
}

// floor imports the same rows by SQLite's own program.
func (c *transferCommand) floor(ctx context.Context, out io.Writer, folder string, imported measured) error {
	sqlite, err := exec.LookPath("sqlite3")
	if err != nil {
		_, err = fmt.Fprintln(out, "sqlite3 is not installed: no comparison")
		return err
	}
	from, to := filepath.Join(folder, "a.db"), filepath.Join(folder, "floor.db")
	tables := []string{"users", "handles", "memberships"}
	dump, load := []string{from, ".mode csv"}, []string{to, "pragma cache_size = -65536", "pragma synchronous = normal", ".mode csv", "begin"}
	for _, name := range tables {
		file := filepath.Join(folder, name+".csv")
		dump = append(dump, ".output "+file, "select * from "+name)
		load = append(load, ".import "+file+" "+name)
	}
	schema, err := exec.CommandContext(ctx, sqlite, from, ".schema users", ".schema handles", ".schema memberships").Output()
	if err != nil {
		return err
	}
	if err := exec.CommandContext(ctx, sqlite, dump...).Run(); err != nil {
		return err
	}
	create := exec.CommandContext(ctx, sqlite, to)
	create.Stdin = strings.NewReader("pragma journal_mode = wal;\n" + string(schema))
	if err := create.Run(); err != nil {
		return err
	}
	floor, err := c.measure(ctx, out, "sqlite3 .import", sqlite, append(load, "commit")...)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "the import took %.2f times as long, and %.2f times the CPU\n",
		imported.took.Seconds()/floor.took.Seconds(), imported.cpu.Seconds()/floor.cpu.Seconds())
	return err
}
