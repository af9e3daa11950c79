package main

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// mariadb is a private server that listens on a socket alone.
type mariadb struct{ socket string }

// dsn names a database in the form of --from.
func (m mariadb) dsn(database string) string {
	return "mysql://root@localhost/" + database + "?socket=" + m.socket
}

// startMariaDB starts a server that ends with the test. Without one installed the
// test is skipped, unless TEST_DRAGOMAN_REQUIRE_MARIADB is set.
func startMariaDB(t *testing.T) mariadb {
	t.Helper()
	install, err := exec.LookPath("mariadb-install-db")
	server, serverErr := exec.LookPath("mariadbd")
	if err := errors.Join(err, serverErr); err != nil {
		if os.Getenv("TEST_DRAGOMAN_REQUIRE_MARIADB") != "" {
			t.Fatal(err)
		}
		t.Skipf("skipped: this test needs mariadb: %v", err)
	}
	folder, err := os.MkdirTemp("", "mdb") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	data, m := filepath.Join(folder, "data"), mariadb{filepath.Join(folder, "s")}
	common := []string{"--no-defaults", "--datadir=" + data}
	if os.Getuid() == 0 {
		common = append(common, "--user=root")
	}
	out, err := exec.Command(install, append(common, "--auth-root-authentication-method=normal", "--skip-test-db")...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, stop := context.WithCancel(context.Background())
	c := exec.CommandContext(ctx, server, append(common, "--socket="+m.socket, "--skip-networking", "--pid-file="+filepath.Join(folder, "pid"))...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = c.Wait() })
	m.await(t)
	return m
}

// await returns when the server answers.
func (m mariadb) await(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		db, err := openMySQL(m.dsn(""))
		if err == nil {
			err = errors.Join(db.Ping(), db.Close())
		}
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// cutAfter returns the server behind a connection that ends after so many bytes of its
// answers.
func (m mariadb) cutAfter(t *testing.T, answers int64) mariadb {
	t.Helper()
	cut := mariadb{m.socket + "cut"}
	listener, err := net.Listen("unix", cut.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("unix", m.socket)
			if err != nil {
				_ = client.Close()
				return
			}
			go func() { _, _ = io.Copy(server, client) }()
			_, _ = io.CopyN(client, server, answers)
			_, _ = client.Close(), server.Close()
		}
	}()
	return cut
}

// exec runs statements.
func (m mariadb) exec(t *testing.T, database string, statements ...string) {
	t.Helper()
	db, err := openMySQL(m.dsn(database))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
