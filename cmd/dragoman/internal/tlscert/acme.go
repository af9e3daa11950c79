package tlscert

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"github.com/caddyserver/certmagic"
	"github.com/mholt/acmez/v3"
)

// acmeProtocol is the protocol by which an authority asks for the answer to its
// challenge, on the listener itself.
const acmeProtocol = acmez.ACMETLS1Protocol

// ACME says which certificates to get, and from whom.
type ACME struct {
	// Domains are the names to get certificates for.
	Domains []string
	// Email is told to the authority; "" tells none.
	Email string
	// Directory is the URL of the authority's directory; "" is Let's Encrypt's.
	Directory string
	// Roots verify the authority's own certificate; nil is the system's.
	Roots *x509.CertPool
	// Storage keeps accounts, certificates and keys. Programs that share it also share
	// the work.
	Storage certmagic.Storage
	// Host and Port are where this program listens for TLS. The authority connects to
	// port 443, which must lead here.
	Host string
	Port int
	// RSA asks for RSA keys, for old clients, instead of ECDSA.
	RSA bool
}

// acme gets and renews certificates.
type acme struct {
	cache   *certmagic.Cache
	config  *certmagic.Config
	domains []string
	rsa     bool
}

// AddACME adds the certificates that [Set.Obtain] gets.
func (s *Set) AddACME(a ACME) {
	m := &acme{domains: a.Domains, rsa: a.RSA}
	logger := zapLogger(s.log)
	m.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return m.config, nil },
		Logger:           logger,
	})
	m.config = certmagic.New(m.cache, certmagic.Config{Storage: a.Storage, Logger: logger, KeySource: certmagic.StandardKeyGenerator{KeyType: a.keyType()}})
	m.config.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(m.config, certmagic.ACMEIssuer{
		CA: a.directory(), TestCA: a.directory(), Email: a.Email, Agreed: true, TrustedRoots: a.Roots,
		DisableHTTPChallenge: true, ListenHost: a.Host, AltTLSALPNPort: a.Port, Logger: logger,
	})}
	s.acme, s.sources = m, append(s.sources, m)
}

// Obtain begins to get the certificates of AddACME, if there are any, and goes on
// renewing them until ctx ends. It does not wait for them, and must be called when the
// listener accepts: the authority connects to it to verify the names.
func (s *Set) Obtain(ctx context.Context) error {
	if s.acme == nil {
		return nil
	}
	context.AfterFunc(ctx, s.acme.cache.Stop)
	if err := s.acme.config.ManageAsync(ctx, s.acme.domains); err != nil {
		return fmt.Errorf("cannot get certificates: %w", err)
	}
	return nil
}

func (a ACME) keyType() certmagic.KeyType {
	if a.RSA {
		return certmagic.RSA2048
	}
	return certmagic.P256
}

func (a ACME) directory() string {
	if a.Directory == "" {
		return certmagic.LetsEncryptProductionCA
	}
	return a.Directory
}

// challenges reports whether it is the authority that connects, to see an answer.
func (m *acme) challenges(hello *tls.ClientHelloInfo) bool {
	return slices.Contains(hello.SupportedProtos, acmeProtocol)
}

func (m *acme) certificates() (all []*tls.Certificate) {
	for _, domain := range m.domains {
		for _, c := range m.cache.AllMatchingCertificates(domain) {
			if c.Leaf != nil {
				all = append(all, &c.Certificate)
			}
		}
	}
	return all
}

// refresh has nothing to do: certmagic renews in the background.
func (m *acme) refresh(time.Time) error { return nil }
