package tlscert

import "crypto/tls"

// Config returns the configuration of a listener for clients of today: TLS 1.2 and
// 1.3, HTTP/2 and HTTP/1.1.
func (s *Set) Config() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.GetCertificate, NextProtos: []string{"h2", "http/1.1"}}
	if s.acme != nil {
		c.NextProtos = append(c.NextProtos, acmeProtocol)
	}
	return c
}

// LegacyConfig returns the configuration of a listener for clients of about 2006 to
// 2014: TLS 1.0 to 1.2, also with key exchanges and ciphers that are broken today.
// What passes through it can be read and changed by a strong attacker on the network.
func (s *Set) LegacyConfig() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS12, GetCertificate: s.GetCertificate, NextProtos: []string{"http/1.1"}}
	for _, suite := range tls.CipherSuites() {
		c.CipherSuites = append(c.CipherSuites, suite.ID)
	}
	// RC4 is left out: clients that know only that are older than the dialects.
	c.CipherSuites = append(c.CipherSuites,
		tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
		tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_RSA_WITH_AES_128_CBC_SHA256,
		tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_CBC_SHA,
		tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA)
	return c
}
