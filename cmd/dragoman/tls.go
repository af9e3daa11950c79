package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/caddyserver/certmagic"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/tlscert"
	"github.com/dragoman-gateway/dragoman/store"
)

// tlsOptions say which certificates --listen shows. Without any, it speaks plain HTTP.
type tlsOptions struct {
	Cert          []string `help:"Serve --listen over TLS with these certificates, PEM files with their chains; the client's server name chooses. Read again when they change, and on SIGHUP." placeholder:"FILE"`
	Key           []string `help:"Keys of these certificates, in the same order." placeholder:"FILE"`
	Local         bool     `help:"Serve --listen over TLS with a certificate of an authority of the gateway's own, which clients must be told to trust."`
	Names         []string `help:"Names of the certificate of --tls-local, besides those of --host, localhost and its addresses." default:"api.syncano.io,auth.econtext.ai" placeholder:"NAME"`
	Dir           string   `help:"Folder for what --tls-local and --tls-acme make; default: next to the SQLite file, or for --tls-acme in PostgreSQL." placeholder:"DIR"`
	ACME          []string `name:"acme" help:"Serve --listen over TLS with certificates for these names, got by ACME; port 443 of each must lead here." placeholder:"NAME"`
	ACMEEmail     string   `name:"acme-email" help:"Address that the authority of --tls-acme is told." placeholder:"ADDRESS"`
	ACMEDirectory string   `name:"acme-directory" help:"Directory of the authority; default: Let's Encrypt." placeholder:"URL"`
	ACMERoots     string   `name:"acme-roots" help:"PEM file of the roots that the authority's own certificate has; default: the system's." placeholder:"FILE"`
	LegacyListen  string   `help:"Serve clients that need TLS 1.0 or 1.1, or ciphers that are broken, on this address as well. Who can change the network's traffic can read theirs." placeholder:"ADDR"`
}

// tlsRefresh is how often files are looked at.
const tlsRefresh = 5 * time.Second

// on reports whether --listen speaks TLS.
func (o *tlsOptions) on() bool { return len(o.Cert) > 0 || o.Local || len(o.ACME) > 0 }

// check fails for settings that contradict each other.
func (o *tlsOptions) check() error {
	switch {
	case len(o.Cert) > len(o.Key):
		return fmt.Errorf("--tls-cert %s: has no --tls-key; give one for each certificate, in the same order", o.Cert[len(o.Key)])
	case len(o.Key) > len(o.Cert):
		return fmt.Errorf("--tls-key %s: has no --tls-cert; give one for each key, in the same order", o.Key[len(o.Cert)])
	case o.LegacyListen != "" && !o.on():
		return errors.New("--tls-legacy-listen: needs a certificate; give --tls-cert and --tls-key, --tls-local or --tls-acme")
	}
	for _, name := range o.ACME {
		if !certmagic.SubjectQualifiesForCert(name) || strings.Contains(name, "*") {
			return fmt.Errorf("--tls-acme %s: not a name that an authority can verify on this listener; give a host name without *", name)
		}
	}
	return nil
}

// openCertificates reads the certificates' files and checks the settings. Nothing is
// written yet.
func (s *server) openCertificates() error {
	o := &s.cmd.TLS
	if err := o.check(); err != nil {
		return exitError{exitUsage, err}
	}
	if !o.on() {
		return nil
	}
	s.certs = tlscert.NewSet(s.log.Logger)
	var pairs []tlscert.Pair
	for i := range o.Cert {
		pairs = append(pairs, tlscert.Pair{Cert: o.Cert[i], Key: o.Key[i]})
	}
	err := s.certs.AddFiles(pairs)
	var bad *tlscert.PairError
	if errors.As(err, &bad) {
		flag := "--tls-cert"
		if bad.OfKey {
			flag = "--tls-key"
		}
		return exitError{exitUsage, fmt.Errorf("%s %w", flag, bad)}
	}
	if err != nil {
		return err
	}
	if o.Local {
		return nil
	}
	return s.checkHostsCovered(s.cmd)
}

// checkHostsCovered fails for a name of --host that no certificate has or will have.
func (s *server) checkHostsCovered(c *serveCmd) error {
	for _, host := range c.Places.hostNames() {
		switch {
		case slices.Contains(s.cmd.TLS.ACME, host) || s.certs.Covers(host):
		case s.cmd.TLS.Local:
			return fmt.Errorf("--host %s: the certificate of --tls-local gets this name at a restart", host)
		default:
			return exitError{exitUsage, fmt.Errorf("--host %s: no certificate has this name; give one with --tls-cert, or add the name to --tls-acme", host)}
		}
	}
	return nil
}

// makeCertificates opens or makes what is kept beside the store.
func (s *server) makeCertificates(std streams) error {
	o := &s.cmd.TLS
	if o.Local {
		if err := s.makeLocal(std); err != nil {
			return fmt.Errorf("--tls-local: %w", err)
		}
	}
	if len(o.ACME) > 0 {
		return s.addACME()
	}
	return nil
}

func (s *server) makeLocal(std streams) error {
	dir, err := s.cmd.tlsDir()
	if err != nil {
		return err
	}
	s.localCA, err = s.certs.AddLocal(filepath.Join(dir, "local"), s.cmd.TLS.localNames(s.cmd.Places.hostNames()), time.Now())
	if err != nil {
		return err
	}
	return printTrust(std.out, s.localCA)
}

// localNames returns the names of the certificate of --tls-local.
func (o *tlsOptions) localNames(hosts []string) []string {
	names := slices.Concat(o.Names, hosts, []string{"localhost", "127.0.0.1", "::1"})
	seen := map[string]bool{}
	return slices.DeleteFunc(names, func(name string) bool {
		again := seen[name] || name == ""
		seen[name] = true
		return again
	})
}

// tlsDir returns the folder for certificates and keys that the program makes.
func (c *serveCmd) tlsDir() (string, error) {
	if c.TLS.Dir != "" {
		return c.TLS.Dir, nil
	}
	files, err := store.Files(c.Store)
	if err != nil {
		return "", err
	}
	if len(files) == 0 {
		return "dragoman-tls", nil
	}
	return files[0] + "-tls", nil
}

func (s *server) addACME() (err error) {
	o := &s.cmd.TLS
	a := tlscert.ACME{Domains: o.ACME, Email: o.ACMEEmail, Directory: o.ACMEDirectory, RSA: o.LegacyListen != ""}
	if a.Storage, err = s.acmeStorage(); err != nil {
		return err
	}
	a.Host, a.Port = hostAndPort(s.listeners[0].Addr())
	if o.ACMERoots != "" {
		if a.Roots, err = readRoots(o.ACMERoots); err != nil {
			return exitError{exitUsage, fmt.Errorf("--tls-acme-roots %w", err)}
		}
	}
	s.certs.AddACME(a)
	return nil
}

// acmeStorage is the store where replicas share one, and else a folder.
func (s *server) acmeStorage() (certmagic.Storage, error) {
	if files, err := store.Files(s.cmd.Store); err == nil && len(files) == 0 && s.cmd.TLS.Dir == "" {
		return tlscert.NewStorage(s.gateway.Store(), time.Now), nil
	}
	dir, err := s.cmd.tlsDir()
	return &certmagic.FileStorage{Path: filepath.Join(dir, "acme")}, err
}

func readRoots(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s: has no certificate", path)
	}
	return pool, nil
}

func hostAndPort(addr net.Addr) (host string, port int) {
	if tcp, ok := addr.(*net.TCPAddr); ok {
		return tcp.IP.String(), tcp.Port
	}
	return "", 0
}

// printTrust prints what clients need to trust the authority of --tls-local.
func printTrust(out io.Writer, ca string) error {
	_, err := fmt.Fprintf(out, `Clients must trust the authority in %[1]s:
  curl:                    curl --cacert %[1]s ...
  Node.js:                 export NODE_EXTRA_CA_CERTS=%[1]s
  Python with requests:    export REQUESTS_CA_BUNDLE=%[1]s
  Go, Ruby, Python, PHP:   export SSL_CERT_FILE=%[1]s
  PHP with its curl:       php -d curl.cainfo=%[1]s ...
  Java:                    keytool -importcert -noprompt -alias dragoman -file %[1]s -keystore trust.p12 -storepass changeit
                           java -Djavax.net.ssl.trustStore=trust.p12 ...
`, ca)
	return err
}
