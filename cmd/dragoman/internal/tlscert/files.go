package tlscert

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
)

// Pair is the files of a certificate and its key, both PEM. The certificate's file has
// the whole chain but the root, the server's own certificate first.
type Pair struct{ Cert, Key string }

// PairError is why a pair cannot be used, and which of its files is at fault.
type PairError struct {
	Pair
	// OfKey is set if the key's file is at fault, and not the certificate's.
	OfKey bool
	Err   error
}

// Error implements error.
func (e *PairError) Error() string {
	if e.OfKey {
		return e.Key + ": " + e.Err.Error()
	}
	return e.Cert + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *PairError) Unwrap() error { return e.Err }

// files are certificates that others write.
type files struct {
	log   *slog.Logger
	mu    sync.Mutex
	pairs []*loadedPair
}

// loadedPair is a pair, what was last read of it, and what is shown.
type loadedPair struct {
	Pair
	cert, key []byte
	shown     *tls.Certificate
}

// AddFiles adds the pairs. It fails with a [*PairError] for the first that cannot be used.
func (s *Set) AddFiles(pairs []Pair) error {
	f := &files{log: s.log}
	for _, p := range pairs {
		l := &loadedPair{Pair: p}
		if _, err := l.load(); err != nil {
			return err
		}
		f.pairs = append(f.pairs, l)
	}
	s.sources = append(s.sources, f)
	return nil
}

func (f *files) certificates() (all []*tls.Certificate) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.pairs {
		all = append(all, p.shown)
	}
	return all
}

// refresh compares contents and not times: a file may be replaced by a link, and a
// clock may be coarse. The two files of a pair are replaced one after the other, so a
// pair that does not fit is kept until it does.
func (f *files) refresh(time.Time) (failed error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.pairs {
		switch changed, err := p.load(); {
		case err != nil && changed:
			f.log.Error("the certificate is broken; the one before it is kept", "error", err.Error())
			failed = errors.Join(failed, err)
		case err != nil:
			failed = errors.Join(failed, err)
		case changed:
			f.log.Info("certificate read", "names", strings.Join(Names(p.shown.Leaf), ","), "until", p.shown.Leaf.NotAfter.UTC().Format(time.RFC3339))
		}
	}
	return failed
}

// load reads the files. It reports whether they differ from what was last read; only
// then is something new shown or a new failure to be told.
func (p *loadedPair) load() (changed bool, err error) {
	cert, err := os.ReadFile(p.Cert)
	if err != nil {
		return p.remember(nil, nil), &PairError{p.Pair, false, pathless(err)}
	}
	key, err := os.ReadFile(p.Key)
	if err != nil {
		return p.remember(cert, nil), &PairError{p.Pair, true, pathless(err)}
	}
	shown, err := p.parse(cert, key)
	changed = p.remember(cert, key)
	if err == nil && changed {
		p.shown = shown
	}
	return changed, err
}

// remember keeps what was read, and reports whether it is new.
func (p *loadedPair) remember(cert, key []byte) (changed bool) {
	changed = !bytes.Equal(p.cert, cert) || !bytes.Equal(p.key, key)
	p.cert, p.key = cert, key
	return changed
}

func (p *loadedPair) parse(cert, key []byte) (*tls.Certificate, error) {
	if !bytes.Contains(cert, []byte("-----BEGIN CERTIFICATE-----")) {
		return nil, &PairError{p.Pair, false, errors.New("has no PEM block CERTIFICATE")}
	}
	c, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, &PairError{p.Pair, true, fmt.Errorf("not usable with %s: %s", p.Cert, strings.TrimPrefix(err.Error(), "tls: "))}
	}
	return withLeaf(c)
}

// pathless drops the path, which the message already has.
func pathless(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
