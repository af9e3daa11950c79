package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// nginx with the documented file gives links as its clients see them, whatever they pretend.
func TestNginxInFrontWithTheDocumentedFile(t *testing.T) {
	t.Parallel()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("skipped: this test needs nginx")
	}
	g := startSeeded(t, "--trusted-proxies", "127.0.0.1/32")
	address, dir := freeAddress(t), t.TempDir()
	conf := fmt.Sprintf("daemon off; master_process off; pid %[1]s/pid; error_log stderr;\nevents {}\nhttp { access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; "+
		"fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;\nserver { listen %[2]s;\n%[3]s}}\n",
		dir, address, strings.ReplaceAll(documented(t, "nginx"), "http://127.0.0.1:8080", g.base))
	startFront(t, address, exec.Command(nginx, "-e", "stderr", "-p", dir, "-c", writeFile(t, "nginx.conf", conf)))
	checkLinksThrough(t, g, http.DefaultClient, "http://"+address, "/users-gateway")
}

// So does Caddy, which speaks TLS to its clients under the name in the file.
func TestCaddyInFrontWithTheDocumentedFile(t *testing.T) {
	t.Parallel()
	caddy, err := exec.LookPath("caddy")
	if err != nil {
		t.Skip("skipped: this test needs caddy")
	}
	g := startSeeded(t, "--trusted-proxies", "127.0.0.1/32")
	address, dir := freeAddress(t), t.TempDir()
	_, port, _ := net.SplitHostPort(address)
	_, plain, _ := net.SplitHostPort(freeAddress(t))
	conf := fmt.Sprintf("{\nadmin off\nlocal_certs\nskip_install_trust\ndefault_bind 127.0.0.1\nhttp_port %s\nhttps_port %s\n}\n%s",
		plain, port, strings.ReplaceAll(documented(t, "caddyfile"), "127.0.0.1:8080", strings.TrimPrefix(g.base, "http://")))
	c := exec.Command(caddy, "run", "--adapter", "caddyfile", "--config", writeFile(t, "Caddyfile", conf))
	c.Env = append(os.Environ(), "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir, "HOME="+dir)
	startFront(t, address, c)
	client := trusting(t, filepath.Join(dir, "caddy/pki/authorities/local/root.crt"), "")
	client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	base := "https://gateway.example.com:" + port
	eventually(t, func() error { // the first certificate is made after it listens
		res, err := client.Get(base + "/_dragoman/health")
		if err == nil {
			err = res.Body.Close()
		}
		return err
	})
	checkLinksThrough(t, g, client, base, "")
}

// documented returns the block of the language in the document of deployment.
func documented(t *testing.T, language string) string {
	t.Helper()
	_, text, _ := strings.Cut(readFile(t, "cmd/dragoman/DEPLOYMENT.md"), "```"+language+"\n")
	block, _, closed := strings.Cut(text, "```")
	if !closed {
		t.Fatalf("DEPLOYMENT.md has no block of %s", language)
	}
	return block
}

// freeAddress returns an address of this machine that is free now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// startFront runs a proxy until the test ends, and waits until it listens.
func startFront(t *testing.T, address string, c *exec.Cmd) {
	t.Helper()
	var log lockedText
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		if _ = c.Wait(); t.Failed() {
			t.Log(log.String())
		}
	})
	eventually(t, func() error {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			err = conn.Close()
		}
		return err
	})
}

// eventually calls fn until it succeeds.
func eventually(t *testing.T, fn func() error) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		err := fn()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// checkLinksThrough sends requests to a proxy that is reached at base and has the gateway
// below prefix. The requests pretend to come another way.
func checkLinksThrough(t *testing.T, g *gatewayRun, client *http.Client, base, prefix string) {
	t.Helper()
	const (
		newUser = `{"user": {"login": "bob", "email": "bob@example.com", "first_name": "Bob", "last_name": "B", "password": "Correct-horse-1"}}`
		newSCIM = `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ann"}`
	)
	bearer := []string{"Authorization", "Bearer " + seedToken, "Content-Type", "application/scim+json"}
	for claim, c := range map[string]struct {
		method, path, body string
		header             []string
		want               string // in the header Location or the body
	}{
		"href of eContext":   {"GET", "/api/users", "", admin, `"href": "` + base + prefix + `/api/users/user/`},
		"self of Syncano":    {"GET", "/v1.1/instances/main/users/", "", []string{"X-API-KEY", seedAPIKey}, `"self":"` + prefix + `/v1.1/instances/main/users/`},
		"Location of OnApp":  {"POST", "/users.json", newUser, append([]string{"Content-Type", "application/json"}, admin...), base + prefix + "/users/"},
		"Location of SCIM":   {"POST", "/scim/v2/Users", newSCIM, bearer, base + prefix + "/scim/v2/Users/"},
		"location in a list": {"GET", "/scim/v2/Users", "", bearer, `"location":"` + base + prefix + `/scim/v2/Users/`},
	} {
		req, err := http.NewRequest(c.method, base+prefix+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		pretend := []string{"X-Forwarded-Host", "evil.example", "X-Forwarded-Prefix", "/evil", "X-Forwarded-Proto", "evil",
			"Forwarded", "for=6.6.6.6;host=evil.example;proto=evil", "X-Forwarded-For", "6.6.6.6"}
		for i, header := 0, append(pretend, c.header...); i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if got := res.Header.Get("Location") + "\n" + string(body); err != nil || res.StatusCode >= 300 || !strings.Contains(got, c.want) || strings.Contains(got, "evil") {
			t.Errorf("%s: without %s: %d %s", claim, c.want, res.StatusCode, got)
		}
	}
	if g.end(t); strings.Contains(g.log.String(), "6.6.6.6") || !strings.Contains(g.log.String(), "remote=127.0.0.1:") {
		t.Errorf("the log has not the proxy's client: %s", g.log)
	}
}
