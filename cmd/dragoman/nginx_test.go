package main

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// nginx with the documented file gives links as its clients see it, whatever they pretend.
func TestNginxInFrontWithTheDocumentedFile(t *testing.T) {
	t.Parallel()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("skipped: this test needs nginx")
	}
	g := startSeeded(t, "--trusted-proxies", "127.0.0.1/32")
	_, text, _ := strings.Cut(readFile(t, "cmd/dragoman/DEPLOYMENT.md"), "```nginx\n")
	location, _, _ := strings.Cut(text, "```")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, dir := l.Addr().String(), t.TempDir()
	l.Close()
	conf := fmt.Sprintf("daemon off; master_process off; pid %[1]s/pid; error_log stderr;\nevents {}\nhttp { access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; "+
		"fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;\nserver { listen %[2]s;\n%[3]s}}\n",
		dir, address, strings.ReplaceAll(location, "http://127.0.0.1:8080", g.base))
	c := exec.Command(nginx, "-e", "stderr", "-p", dir, "-c", writeFile(t, "nginx.conf", conf))
	var log lockedText
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%v: %s", err, &log)
		}
	}
	url := "http://" + filepath.Join(address, "users-gateway")
	pretend := []string{"X-Forwarded-Host", "evil.example", "X-Forwarded-Prefix", "/evil", "Forwarded", "host=evil.example", "X-Forwarded-For", "6.6.6.6"}
	econtext := send(t, "GET", url+"/api/users", "", append(pretend, admin...)...)
	if want := `"href": "` + url + `/api/users/user/`; econtext.status != 200 || !strings.Contains(econtext.body, want) || strings.Contains(econtext.body, "evil") {
		t.Errorf("without %s: %d %s", want, econtext.status, econtext.body)
	}
	syncano := send(t, "GET", url+"/v1.1/instances/main/users/", "", append(pretend, "X-API-KEY", seedAPIKey)...)
	if want := `"self":"/users-gateway/v1.1/instances/main/users/`; syncano.status != 200 || !strings.Contains(syncano.body, want) {
		t.Errorf("without %s: %d %s", want, syncano.status, syncano.body)
	}
}
