// Package tlscert supplies the certificates of the program's TLS listeners: of files,
// of an authority of its own, and of a public authority by ACME. It chooses by the
// name that a client asks for, reads what has changed, and warns of what expires.
package tlscert

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// source supplies certificates of one kind.
type source interface {
	// certificates returns what is shown at present, the default one first.
	certificates() []*tls.Certificate
	// refresh reads what has changed and renews what expires. What fails keeps the
	// certificate that is shown.
	refresh(now time.Time) error
}

// Set is all certificates of the program. It is safe for concurrent use.
type Set struct {
	log     *slog.Logger
	sources []source
	acme    *acme // nil without

	mu     sync.Mutex
	warned map[string]time.Time // by names, when the log was last told that one expires
}

// NewSet returns a Set without certificates. Its log is told of what is read again, of
// what is kept because its successor is broken, and of what expires.
func NewSet(log *slog.Logger) *Set {
	return &Set{log: log, warned: map[string]time.Time{}}
}

// ErrNone says that the set has no certificate yet.
var ErrNone = errors.New("tlscert: no certificate yet")

// GetCertificate is for [tls.Config]. It returns the first certificate that has the name
// that the client asks for and a key that it knows; else the first with such a key, so
// that the client sees which name the certificate has.
func (s *Set) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if s.acme != nil && s.acme.challenges(hello) {
		return s.acme.config.GetCertificate(hello)
	}
	all := s.certificates()
	for _, c := range all {
		if hello.SupportsCertificate(c) == nil {
			return c, nil
		}
	}
	unnamed := *hello
	unnamed.ServerName = ""
	for _, c := range all {
		if unnamed.SupportsCertificate(c) == nil {
			return c, nil
		}
	}
	if len(all) == 0 {
		return nil, ErrNone
	}
	return all[0], nil
}

func (s *Set) certificates() (all []*tls.Certificate) {
	for _, src := range s.sources {
		all = append(all, src.certificates()...)
	}
	return all
}

// Covers reports whether a certificate that is shown, or that ACME will get, has the name.
func (s *Set) Covers(host string) bool {
	if s.acme != nil && slices.Contains(s.acme.domains, host) {
		return true
	}
	return slices.ContainsFunc(s.certificates(), func(c *tls.Certificate) bool { return c.Leaf.VerifyHostname(host) == nil })
}

// HasRSA reports whether a certificate has an RSA key, as clients from before 2013 need.
func (s *Set) HasRSA() bool {
	if s.acme != nil && s.acme.rsa {
		return true
	}
	return slices.ContainsFunc(s.certificates(), func(c *tls.Certificate) bool { return c.Leaf.PublicKeyAlgorithm == x509.RSA })
}

// Refresh reads files that have changed and renews what expires. What fails is logged
// and returned, and leaves the certificate that is shown.
func (s *Set) Refresh(now time.Time) error {
	var failed error
	for _, src := range s.sources {
		failed = errors.Join(failed, src.refresh(now))
	}
	s.warnOfExpiry(now)
	return failed
}

// Names returns the names of a certificate, for logs and metrics.
func Names(leaf *x509.Certificate) (names []string) {
	names = slices.Clone(leaf.DNSNames)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		names = []string{leaf.Subject.CommonName}
	}
	return names
}

// withLeaf makes sure that the leaf is parsed: everything here needs its names and dates.
func withLeaf(c tls.Certificate) (*tls.Certificate, error) {
	if c.Leaf != nil {
		return &c, nil
	}
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		return nil, fmt.Errorf("the certificate cannot be parsed: %w", err)
	}
	c.Leaf = leaf
	return &c, nil
}
