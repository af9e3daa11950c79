package adoption

import (
	"context"
	"errors"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// Finder is a [Vendor] that finds its users by name or address.
type Finder interface {
	// Find reports whether a user has the name or address, in any case. It fails if the
	// vendor does not say, and may know one of the two alone: see MIGRATION.md.
	Find(ctx context.Context, name string) (bool, error)
}

var _ core.NameAsker = (*Adopter)(nil)

var (
	errNameRate = errors.New("too many names are asked about")
	// errNameAnswer is a failure of a question about a name. Whoever chooses the name chooses
	// how much the vendor has to search, so it says nothing of logins.
	errNameAnswer = errors.New("no answer about a name")
)

// NameTaken implements [core.NameAsker]: it asks all vendors of the realm, within the rate
// and the places of logins. What a vendor said is remembered for a while.
func (a *Adopter) NameTaken(ctx context.Context, realm core.Realm, name string) (bool, error) {
	for _, s := range a.vendors {
		f, ok := s.vendor.(Finder)
		if s.realm != realm || !ok {
			continue
		}
		if taken, err := a.find(ctx, s, f, name); taken || err != nil {
			return taken, err
		}
	}
	return false, nil
}

// find asks one vendor, unless its answer is remembered.
func (a *Adopter) find(ctx context.Context, s *source, f Finder, name string) (taken bool, err error) {
	switch {
	case s.free.has(name, a.cfg.Now()):
		return false, nil
	case s.taken.has(name, a.cfg.Now()):
		return true, nil
	}
	if _, ok := s.clients.Allow(passwd.ClientOf(ctx)); !ok || !s.rate.Allow() {
		a.Counts.Limited.Add(1)
		return false, errNameRate
	}
	err = a.call(ctx, s, func(ctx context.Context) error {
		if taken, err = f.Find(ctx, name); err != nil {
			err = fmt.Errorf("%w: %w", errNameAnswer, err)
		}
		return err
	})
	if err != nil {
		a.Counts.Failed.Add(1)
		a.cfg.Log.Warn("the vendor cannot be asked about a name", "vendor", s.name, "error", err)
		return false, err
	}
	remembered := &s.free
	if taken {
		remembered = &s.taken
	}
	remembered.add(name, a.cfg.Now(), a.cfg.Forget)
	return taken, nil
}
