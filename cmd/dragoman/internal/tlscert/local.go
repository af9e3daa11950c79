package tlscert

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// How long what the program signs is valid. Clients refuse a server's certificate of
// more than 825 days, and some one of more than 398.
const (
	caLife   = 10 * 365 * 24 * time.Hour
	leafLife = 365 * 24 * time.Hour
	// renewBefore is how long before its end a certificate is replaced.
	renewBefore = 30 * 24 * time.Hour
)

// local is an authority of the program's own and the one certificate that it signs. Its
// folder has ca.pem, which clients need, and ca-key.pem, cert.pem and key.pem. Keys are
// RSA, which also old clients know.
type local struct {
	log   *slog.Logger
	dir   string
	names []string

	mu    sync.Mutex
	ca    *tls.Certificate
	shown *tls.Certificate
}

// AddLocal adds a certificate for the names, which are host names, with or without *,
// or addresses. It makes the folder, the authority and the certificate if they do not
// exist, and a new certificate if the names are others or it expires soon. It returns
// the path of the authority's certificate, which clients must trust.
func (s *Set) AddLocal(dir string, names []string, now time.Time) (ca string, err error) {
	l := &local{log: s.log, dir: dir, names: names}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	if err := l.openAuthority(now); err != nil {
		return "", err
	}
	if err := l.refresh(now); err != nil {
		return "", err
	}
	s.sources = append(s.sources, l)
	return filepath.Abs(l.path("ca.pem"))
}

func (l *local) path(name string) string { return filepath.Join(l.dir, name) }

func (l *local) certificates() []*tls.Certificate {
	l.mu.Lock()
	defer l.mu.Unlock()
	return []*tls.Certificate{l.shown}
}

// openAuthority reads the authority, or makes it if neither of its files exists. It is
// never replaced: clients trust it.
func (l *local) openAuthority(now time.Time) (err error) {
	l.ca, err = l.read("ca.pem", "ca-key.pem")
	if errors.Is(err, fs.ErrNotExist) && !exists(l.path("ca.pem")) && !exists(l.path("ca-key.pem")) {
		l.ca, err = l.makeAuthority(now)
	}
	return err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func (l *local) read(cert, key string) (*tls.Certificate, error) {
	p := &loadedPair{Pair: Pair{l.path(cert), l.path(key)}}
	_, err := p.load()
	return p.shown, err
}

func (l *local) makeAuthority(now time.Time) (*tls.Certificate, error) {
	host, _ := os.Hostname()
	template := &x509.Certificate{
		Subject:               pkix.Name{Organization: []string{"dragoman"}, CommonName: "dragoman on " + host},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(caLife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
	}
	return l.sign(template, nil, "ca.pem", "ca-key.pem")
}

// refresh replaces the certificate if it is missing, for other names, of another
// authority, or near its end.
func (l *local) refresh(now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown == nil {
		// One that cannot be read is replaced: nothing depends on it.
		l.shown, _ = l.read("cert.pem", "key.pem")
	}
	if l.shown != nil && l.fits(l.shown.Leaf, now) {
		return nil
	}
	shown, err := l.makeLeaf(now)
	if err != nil {
		if l.shown != nil {
			l.log.Error("cannot renew the certificate; the one before it is kept", "error", err.Error())
		}
		return err
	}
	l.shown = shown
	l.log.Info("certificate made", "names", strings.Join(l.names, ","), "until", shown.Leaf.NotAfter.UTC().Format(time.RFC3339))
	return nil
}

func (l *local) fits(leaf *x509.Certificate, now time.Time) bool {
	return slices.Equal(Names(leaf), Names(l.template(now))) && leaf.CheckSignatureFrom(l.ca.Leaf) == nil &&
		(leaf.NotAfter.Sub(now) > renewBefore || !leaf.NotAfter.Before(l.ca.Leaf.NotAfter))
}

func (l *local) makeLeaf(now time.Time) (*tls.Certificate, error) {
	return l.sign(l.template(now), l.ca, "cert.pem", "key.pem")
}

func (l *local) template(now time.Time) *x509.Certificate {
	c := &x509.Certificate{
		Subject:   pkix.Name{CommonName: l.names[0]},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(leafLife),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if l.ca.Leaf.NotAfter.Before(c.NotAfter) {
		c.NotAfter = l.ca.Leaf.NotAfter
	}
	for _, name := range l.names {
		if ip := net.ParseIP(name); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, name)
		}
	}
	return c
}

// sign makes a key and its certificate, signed by ca or, if that is nil, by itself, and
// writes both.
func (l *local) sign(template *x509.Certificate, ca *tls.Certificate, certFile, keyFile string) (*tls.Certificate, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return nil, err
	}
	parent, signer := template, crypto.PrivateKey(key)
	if ca != nil {
		parent, signer = ca.Leaf, ca.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	if err := errors.Join(writeWhole(l.path(keyFile), keyPEM), writeWhole(l.path(certFile), certPEM)); err != nil {
		return nil, err
	}
	made, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return nil, err
	}
	return withLeaf(made)
}

// writeWhole replaces a file that only its owner can read, at once or not at all.
func writeWhole(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // with mode 0600
	if err != nil {
		return err
	}
	_, err = bytes.NewReader(text).WriteTo(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("cannot write %s: %w", path, err), os.Remove(f.Name()))
	}
	return nil
}
