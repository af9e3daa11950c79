package sandbox

import (
	"context"
	"sync"
	"time"
)

// prepared is what a sandbox begins with.
type prepared struct {
	image       *image
	credentials Credentials
}

// maxPrepared bounds how many contents are kept, as each is a whole store, and how many
// settings are.
const maxPrepared = 64

// prepareOnce prepares the content unless another sandbox of the same key has.
func (m *Manager) prepareOnce(ctx context.Context, s *Sandbox, begin content, at time.Time, key string) (made prepared, err error) {
	m.mu.Lock()
	once := m.prepared[key]
	if once == nil {
		if len(m.prepared) >= maxPrepared {
			clear(m.prepared)
		}
		ctx := context.WithoutCancel(ctx) // others wait for it too
		once = sync.OnceValues(func() (prepared, error) {
			image, err := m.prepare(ctx, s, begin, at)
			return prepared{image, begin.credentials()}, err
		})
		m.prepared[key] = once
	}
	m.mu.Unlock()
	if made, err = once(); err != nil {
		m.mu.Lock()
		delete(m.prepared, key)
		m.mu.Unlock()
	}
	return made, err
}

// isPrepared reports whether the content of a key is prepared, or about to be.
func (m *Manager) isPrepared(key string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.prepared[key] != nil
}

// prepare returns the image of a store with the content, all of which is made at the
// time.
func (m *Manager) prepare(ctx context.Context, s *Sandbox, begin content, at time.Time) (*image, error) {
	g, err := m.openGateway(nil, s.settings, func() time.Time { return at }, newRandom(s.seed, 0))
	if err != nil {
		return nil, invalid("settings", err.Error())
	}
	defer g.Close()
	if err := begin.apply(ctx, g, s.settings.Rows); err != nil {
		return nil, err
	}
	return imageOf(g, nil)
}
