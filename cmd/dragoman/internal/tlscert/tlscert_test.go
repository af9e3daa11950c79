package tlscert

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func TestTheServerNameChoosesTheCertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, _ := newTestSet()
	err := s.AddFiles([]Pair{writePair(t, dir, "a", inDays(60), "a.example"), writePair(t, dir, "b", inDays(60), "b.example", "*.b.example")})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"a.example": "a.example", "b.example": "b.example", "www.b.example": "b.example",
		"": "a.example", "other.example": "a.example",
	} {
		if got := Names(shownTo(t, s, name))[0]; got != want {
			t.Errorf("%q gets the certificate of %s, want %s", name, got, want)
		}
	}
	if !s.Covers("x.b.example") || s.Covers("x.a.example") || s.HasRSA() {
		t.Error("Covers or HasRSA is wrong")
	}
}

func TestAPairThatBecomesBrokenIsKeptAndTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, log := newTestSet()
	p := writePair(t, dir, "a", inDays(60), "a.example")
	if err := s.AddFiles([]Pair{p}); err != nil {
		t.Fatal(err)
	}
	before := shownTo(t, s, "")
	other := writePair(t, dir, "b", inDays(60), "b.example")
	text, err := os.ReadFile(other.Cert)
	if err != nil {
		t.Fatal(err)
	}
	write(t, p.Cert, string(text)) // the key does not follow
	for range 2 {
		if err := s.Refresh(time.Now()); err == nil {
			t.Error("a broken pair is not told")
		}
	}
	if got := shownTo(t, s, ""); !got.Equal(before) || strings.Count(log.String(), "a.pem") != 1 {
		t.Errorf("shows %v; the log is: %s", got.DNSNames, log)
	}
	key, err := os.ReadFile(other.Key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, p.Key, string(key))
	if err := s.Refresh(time.Now()); err != nil || Names(shownTo(t, s, ""))[0] != "b.example" {
		t.Errorf("%v: still %v", err, shownTo(t, s, "").DNSNames)
	}
}

func TestAPairThatCannotBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, other := writePair(t, dir, "a", inDays(60), "a.example"), writePair(t, dir, "b", inDays(60), "b.example")
	write(t, filepath.Join(dir, "text"), "hello")
	for claim, c := range map[string]struct {
		pair  Pair
		ofKey bool
	}{
		"no certificate":         {Pair{filepath.Join(dir, "none"), good.Key}, false},
		"no key":                 {Pair{good.Cert, filepath.Join(dir, "none")}, true},
		"not PEM":                {Pair{filepath.Join(dir, "text"), good.Key}, false},
		"key is not PEM":         {Pair{good.Cert, filepath.Join(dir, "text")}, true},
		"of another certificate": {Pair{good.Cert, other.Key}, true},
		"swapped":                {Pair{good.Key, good.Cert}, false},
	} {
		s, _ := newTestSet()
		var bad *PairError
		if err := s.AddFiles([]Pair{c.pair}); !errors.As(err, &bad) || bad.OfKey != c.ofKey {
			t.Errorf("%s: %v", claim, err)
		}
	}
}

func TestWatchReadsWhatHasChanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, _ := newTestSet()
	if err := s.AddFiles([]Pair{writePair(t, dir, "a", inDays(60), "old.example")}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go s.Watch(ctx, time.Millisecond)
	writePair(t, dir, "a", inDays(60), "new.example")
	for end := time.Now().Add(time.Minute); !s.Covers("new.example"); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the new certificate is not shown")
		}
	}
}

func TestACertificateThatExpiresSoonIsWarnedOfOnceADay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, log := newTestSet()
	if err := s.AddFiles([]Pair{writePair(t, dir, "a", inDays(20), "a.example")}); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[time.Duration]int{0: 0, 5: 0, 7: 1} {
		_ = s.Refresh(time.Now().Add(day * 24 * time.Hour))
		_ = s.Refresh(time.Now().Add(day*24*time.Hour + time.Hour))
		if day == 7 && strings.Count(log.String(), "expires soon") != want {
			t.Errorf("day %d: %s", day, log)
		}
	}
	_ = s.Refresh(time.Now().Add(21 * 24 * time.Hour))
	if !strings.Contains(log.String(), "has expired") {
		t.Error(log)
	}
	r := prometheus.NewRegistry()
	r.MustRegister(s.Collector())
	families, err := r.Gather()
	if err != nil || len(families) != 1 || int64(families[0].Metric[0].Gauge.GetValue()) != shownTo(t, s, "").NotAfter.Unix() {
		t.Errorf("%v: %v", families, err)
	}
}

func openLocal(t *testing.T, dir string, now time.Time, names ...string) (*Set, *x509.Certificate) {
	t.Helper()
	s, _ := newTestSet()
	path, err := s.AddLocal(dir, names, now)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	leaf := shownTo(t, s, "")
	for _, name := range names {
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name, CurrentTime: now}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	return s, leaf
}

func TestTheLocalAuthorityIsMadeOnceAndItsCertificateAsNeeded(t *testing.T) {
	t.Parallel()
	dir, now := filepath.Join(t.TempDir(), "tls"), time.Now()
	_, first := openLocal(t, dir, now, "api.syncano.io", "127.0.0.1")
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 4 {
		t.Errorf("%v: %v", entries, err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v: %v", e.Name(), info.Mode(), err)
		}
	}
	authority, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	s, again := openLocal(t, dir, now, "api.syncano.io", "127.0.0.1")
	if !again.Equal(first) {
		t.Error("a certificate that fits is replaced")
	}
	if !s.HasRSA() {
		t.Error("old clients need RSA")
	}
	if _, other := openLocal(t, dir, now, "auth.econtext.ai"); other.Equal(first) {
		t.Error("a certificate of other names is kept")
	}
	s, before := openLocal(t, dir, now.Add(300*24*time.Hour), "auth.econtext.ai")
	if err := s.Refresh(now.Add(340 * 24 * time.Hour)); err != nil || shownTo(t, s, "").Equal(before) {
		t.Errorf("a certificate near its end is kept: %v", err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "ca.pem")); err != nil || string(text) != string(authority) {
		t.Error("the authority is replaced")
	}
}

func TestALocalAuthorityWithoutItsKeyIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	openLocal(t, dir, time.Now(), "a.example")
	if err := os.Remove(filepath.Join(dir, "ca-key.pem")); err != nil {
		t.Fatal(err)
	}
	s, _ := newTestSet()
	if _, err := s.AddLocal(dir, []string{"a.example"}, time.Now()); err == nil || !strings.Contains(err.Error(), "ca-key.pem") {
		t.Error(err)
	}
}
