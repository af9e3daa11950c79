package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	pebbledb "github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
)

// acmeAuthority is Let's Encrypt's test server. It verifies names by connecting to this
// machine, on the port that it is told.
type acmeAuthority struct {
	directory, roots string
	handler          atomic.Pointer[http.Handler]
}

// verifyAt begins to answer; the authority connects to the port to verify names.
func (a *acmeAuthority) verifyAt(t *testing.T, port int) {
	t.Helper()
	quiet := log.New(io.Discard, "", 0)
	db := pebbledb.NewMemoryStore()
	authority := ca.New(quiet, db, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {}})
	verifier := va.New(quiet, 0, port, false, serveDNS(t), db)
	front := wfe.New(quiet, db, verifier, authority, []string{"pebble.example"}, false, false, 0, 0)
	handler := front.Handler()
	a.handler.Store(&handler)
}

// newACMEAuthority returns an authority that lets requests wait until verifyAt.
func newACMEAuthority(t *testing.T) *acmeAuthority {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0")
	a := new(acmeAuthority)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for a.handler.Load() == nil {
			time.Sleep(time.Millisecond)
		}
		(*a.handler.Load()).ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	a.directory = server.URL + wfe.DirectoryPath
	a.roots = writeFile(t, "roots.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	return a
}

// serveDNS answers that every name is this machine, and returns the server's address.
func serveDNS(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{Listener: l, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, r *dns.Msg) {
		m := new(dns.Msg).SetReply(r)
		if q := r.Question[0]; q.Qtype == dns.TypeA {
			m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1)}}
		}
		_ = w.WriteMsg(m)
	})}
	go func() { _ = server.ActivateAndServe() }()
	t.Cleanup(func() { _ = server.Shutdown() })
	return l.Addr().String()
}

// awaitCertificate waits until the gateway shows a certificate for the name, and returns it.
func awaitCertificate(t *testing.T, address, name string) *x509.Certificate {
	t.Helper()
	// A first try that comes before the authority knows the port fails, and the next is a minute later.
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		conn, err := tls.Dial("tcp", address, &tls.Config{ServerName: name, InsecureSkipVerify: true})
		if err != nil {
			continue
		}
		leaf := conn.ConnectionState().PeerCertificates[0]
		_ = conn.Close()
		if leaf.VerifyHostname(name) == nil {
			return leaf
		}
	}
	t.Fatal("there is no certificate for " + name)
	return nil
}

func TestACMEGetsACertificateForEachNameOnce(t *testing.T) {
	a := newACMEAuthority(t)
	dsn := dbIn(t)
	flags := []string{"--store", dsn, "--tls-acme", "gateway.example,panel.example", "--tls-acme-directory", a.directory, "--tls-acme-roots", a.roots}
	g := launch(t, flags...)
	address := g.awaitAddress(t)
	_, port := hostAndPort(mustResolve(t, address))
	a.verifyAt(t, port)
	first := awaitCertificate(t, address, "gateway.example")
	awaitCertificate(t, address, "panel.example")
	if code := g.end(t); code != 0 {
		t.Fatalf("exit %d: %s", code, g.log)
	}
	if info, err := os.Stat(filepath.Join(dsn[len("sqlite:"):]+"-tls", "acme")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v: %v", info, err)
	}
	g = launch(t, flags...)
	if again := awaitCertificate(t, g.awaitAddress(t), "gateway.example"); !again.Equal(first) {
		t.Error("a certificate that is kept is got again")
	}
}

func TestACMEKeepsCertificatesInAStoreThatReplicasShare(t *testing.T) {
	a := newACMEAuthority(t)
	g := launch(t, "--store", "sqlite::memory:", "--tls-acme", "gateway.example", "--tls-acme-directory", a.directory,
		"--tls-acme-roots", a.roots, "--tls-legacy-listen", "127.0.0.1:0")
	address := g.awaitAddress(t)
	_, port := hostAndPort(mustResolve(t, address))
	a.verifyAt(t, port)
	if leaf := awaitCertificate(t, address, "gateway.example"); leaf.PublicKeyAlgorithm != x509.RSA {
		t.Errorf("old clients need RSA, not %s", leaf.PublicKeyAlgorithm)
	}
}

func mustResolve(t *testing.T, address string) net.Addr {
	t.Helper()
	addr, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return addr
}
