package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startLocalTLS runs "serve --tls-local" and returns the path of its authority.
func startLocalTLS(t *testing.T, flags ...string) (g *gatewayRun, ca string) {
	t.Helper()
	dsn := dbIn(t)
	g = launch(t, append([]string{"--store", dsn, "--tls-local", "--seed", writeFile(t, "seed.yaml", devSeed)}, flags...)...)
	g.base = "https://" + g.awaitAddress(t)
	return g, strings.TrimPrefix(dsn, "sqlite:") + "-tls/local/ca.pem"
}

// trusting returns a client that trusts the authority and asks for the server name.
func trusting(t *testing.T, ca, name string) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if text := readPath(t, ca); !roots.AppendCertsFromPEM([]byte(text)) {
		t.Fatal("no certificate in " + ca)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: name}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func readPath(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestLocalTLSServesTheVendorsNamesOverHTTP2(t *testing.T) {
	t.Parallel()
	g, ca := startLocalTLS(t)
	for _, name := range []string{"api.syncano.io", "auth.econtext.ai", "localhost", ""} {
		req, err := http.NewRequest("GET", g.base+"/api/users", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(admin[0], admin[1])
		res, err := trusting(t, ca, name).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != 200 || res.ProtoMajor != 2 {
			t.Errorf("%s: %s %s", name, res.Proto, res.Status)
		}
	}
	res, err := trusting(t, ca, "").Get(g.base + "/_dragoman/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := bodyOf(t, res); !strings.Contains(got, `dragoman_tls_certificate_expiry_timestamp_seconds{name="api.syncano.io"}`) {
		t.Error("no metric of the certificate's end")
	}
	for _, word := range []string{"--cacert " + ca, "NODE_EXTRA_CA_CERTS=" + ca, "SSL_CERT_FILE=", "REQUESTS_CA_BUNDLE=", "keytool", "curl.cainfo"} {
		if !strings.Contains(g.out.String(), word) {
			t.Errorf("%q is not printed: %s", word, g.out)
		}
	}
}

func TestTheFirstCommandsWorkOverLocalTLS(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("skipped: this test needs curl")
	}
	g := launch(t, "--store", dbIn(t), "--tls-local")
	g.awaitAddress(t)
	commands := regexp.MustCompile(`(?m)^  (curl --cacert '.*)$`).FindAllStringSubmatch(g.out.String(), -1)
	if len(commands) != 4 {
		t.Fatalf("%d commands: %s", len(commands), g.out)
	}
	for _, c := range commands {
		out, err := exec.Command("sh", "-c", c[1]+` -sS --http2 -w '%{http_code} %{http_version}'`).CombinedOutput()
		if err != nil || !strings.HasSuffix(string(out), "200 2") {
			t.Errorf("%s: %v: %s", c[1], err, out)
		}
	}
}

func TestOldClientsAreServedOnAListenerOfTheirOwn(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("skipped: this test needs openssl")
	}
	g, ca := startLocalTLS(t, "--tls-legacy-listen", "127.0.0.1:0")
	m := regexp.MustCompile(`legacy=([0-9.:]+)`).FindStringSubmatch(g.log.String())
	if m == nil || !strings.Contains(g.log.String(), "passwords included") {
		t.Fatal(g.log)
	}
	modern := strings.TrimPrefix(g.base, "https://")
	for claim, options := range map[string][]string{
		"TLS 1.0":          {"-tls1"},
		"TLS 1.1":          {"-tls1_1"},
		"RSA key exchange": {"-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0"},
		"CBC with TLS 1.2": {"-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA:@SECLEVEL=0"},
		"client of today":  {"-tls1_2"},
	} {
		ask := func(address string) string {
			args := append([]string{"s_client", "-connect", address, "-CAfile", ca, "-verify_return_error", "-quiet", "-ign_eof", "-cipher", "DEFAULT:@SECLEVEL=0"}, options...)
			cmd := exec.Command("openssl", args...)
			cmd.Stdin = strings.NewReader("GET /api/ping HTTP/1.0\r\nConnection: close\r\n\r\n")
			out, _ := cmd.CombinedOutput()
			return string(out)
		}
		if got := ask(m[1]); !strings.Contains(got, "HTTP/1.0 200 OK") {
			t.Errorf("%s: %s", claim, got)
		}
		if got := ask(modern); strings.Contains(got, "200 OK") && options[0] != "-tls1_2" {
			t.Errorf("%s is also served on --listen", claim)
		}
	}
}

// certificatePair writes a certificate for the names, made by the program itself.
func certificatePair(t *testing.T, names ...string) (cert, key string) {
	t.Helper()
	dir := t.TempDir()
	g := launch(t, "--store", "sqlite::memory:", "--tls-local", "--tls-dir", dir, "--tls-names", strings.Join(names, ","))
	g.awaitAddress(t)
	g.end(t)
	return filepath.Join(dir, "local", "cert.pem"), filepath.Join(dir, "local", "key.pem")
}

func TestBadTLSSettingsNameTheFlagAndWriteNothing(t *testing.T) {
	t.Parallel()
	cert, key := certificatePair(t, "a.example")
	_, other := certificatePair(t, "b.example")
	text := writeFile(t, "text", "hello")
	for claim, c := range map[string]struct {
		flags []string
		want  string
	}{
		"a certificate without key":    {[]string{"--tls-cert", cert}, "--tls-cert " + cert},
		"a key without certificate":    {[]string{"--tls-key", key}, "--tls-key " + key},
		"an unreadable key":            {[]string{"--tls-cert", cert, "--tls-key", "/none"}, "--tls-key /none: no such file"},
		"a key that is none":           {[]string{"--tls-cert", cert, "--tls-key", text}, "--tls-key " + text},
		"a certificate of another key": {[]string{"--tls-cert", cert, "--tls-key", other}, "--tls-key " + other},
		"a certificate that is none":   {[]string{"--tls-cert", text, "--tls-key", key}, "--tls-cert " + text},
		"old clients without TLS":      {[]string{"--tls-legacy-listen", "127.0.0.1:0"}, "--tls-legacy-listen"},
		"a wildcard by ACME":           {[]string{"--tls-acme", "*.example.com"}, "--tls-acme"},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			dsn := dbIn(t)
			refused(t, exitUsage, c.want, append([]string{"--listen", "127.0.0.1:0", "--store", dsn}, c.flags...)...)
			if entries, err := os.ReadDir(filepath.Dir(strings.TrimPrefix(dsn, "sqlite:"))); err != nil || len(entries) > 0 {
				t.Errorf("wrote %v: %v", entries, err)
			}
		})
	}
}

func TestSIGHUPReadsCertificates(t *testing.T) {
	t.Parallel()
	cert, key := certificatePair(t, "old.example")
	newCert, newKey := certificatePair(t, "new.example")
	c := launchChild(t, nil, "--store", dbIn(t), "--tls-cert", cert, "--tls-key", key)
	address := c.awaitAddress(t)
	name := func() string {
		conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].DNSNames[0]
	}
	if got := name(); got != "old.example" {
		t.Fatal(got)
	}
	for from, to := range map[string]string{newCert: cert, newKey: key} {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	c.signal(t, syscall.SIGHUP)
	for end := time.Now().Add(time.Minute); name() != "new.example"; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("still the old certificate: %s", c.log)
		}
	}
}

func bodyOf(t *testing.T, res *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
