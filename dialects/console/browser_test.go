package console_test

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/console"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// browserDir has what drives a browser.
const browserDir = "../../testdata/clients/console"

// TestBrowserSeesEveryPage opens each page and uses each form in a real browser.
// With TEST_DRAGOMAN_SHOTS set to a folder it leaves pictures there.
func TestBrowserSeesEveryPage(t *testing.T) {
	coretest.NeedLong(t)
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("skipped: this test needs chromium")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("skipped: this test needs node")
	}
	if _, err := os.Stat(filepath.Join(browserDir, "node_modules", "playwright-core")); err != nil {
		t.Skip("skipped: this test needs `npm ci` in testdata/clients/console")
	}
	d := open(t, true)
	for _, name := range []string{"bob", "carla", "<script>alert(1)</script>"} {
		d.add(name, false)
	}
	d.describe("bob")
	for i := range 10_000 {
		d.live.Note(console.Entry{Time: time.Now(), Dialect: []string{"onapp", "syncano"}[i%2], Operation: "users.list", Method: "GET", Status: 200 + i%3*100, Took: time.Duration(i%7) * time.Millisecond, Why: "no such user"})
	}
	ctx, stop := context.WithTimeout(t.Context(), 15*time.Minute)
	defer stop()
	go func() { // requests go on while the browser looks
		for ctx.Err() == nil {
			d.live.Note(console.Entry{Time: time.Now(), Dialect: "econtext", Operation: "live.probe", Method: "POST", Status: 401, Why: "wrong password"})
			time.Sleep(200 * time.Millisecond)
		}
	}()
	standIn, err := standIn(t)
	if err != nil {
		t.Fatal(err)
	}
	script := exec.CommandContext(ctx, "node", "drive.js")
	script.Dir = browserDir
	script.Env = append(os.Environ(), "BASE="+d.base, "STANDIN="+standIn, "USERNAME=olga", "PASSWORD="+secret, "CHROMIUM="+chromium, "SHOTS="+os.Getenv("TEST_DRAGOMAN_SHOTS"))
	out, err := script.CombinedOutput()
	for _, line := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(line, "FAIL ") {
			t.Error(line)
		}
	}
	t.Logf("%s", out)
	if err != nil || !strings.Contains(string(out), " passed, 0 failed") {
		t.Errorf("%v\n%s", err, out)
	}
}

// standIn starts a stand-in for tests with a console and returns its URL.
func standIn(t *testing.T) (string, error) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	m := sandbox.New(sandbox.Config{Console: true, Base: "http://" + server.Listener.Addr().String()})
	server.Config.Handler = m
	server.Start()
	t.Cleanup(func() { server.Close(); m.Close() })
	_, err := m.Create(t.Context(), sandbox.Creation{Name: sandbox.DefaultName})
	return server.URL + "/", err
}

// describe gives the user what fills its page.
func (d *desk) describe(name string) {
	d.Helper()
	err := d.dir.Update(d.Context(), core.Operator(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByUsername(core.MainRealm, name))
		if err != nil {
			return err
		}
		u.Name = core.Name{Given: "Bob", Family: "Fjällström"}
		u.SetHandle("syncano.user_key", "4f5d2c1b9a8e7f6054f5d2c1b9a8e7f6054f5d2c1")
		u.Attributes.Set("plan", `"gold"`)
		return tx.SaveUser(u)
	})
	if err != nil {
		d.Fatal(err)
	}
}
