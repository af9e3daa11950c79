package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	mrand "math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
	"github.com/dragoman-gateway/dragoman/store"
)

// Sandbox is one population with its own store, clock, randomness, faults and journal.
// It is safe for concurrent use.
type Sandbox struct {
	name        string
	manager     *Manager
	settings    *gateway.Defaults
	credentials Credentials
	seed        uint64
	clock       *Clock
	journal     *journal
	faults      *faults
	strict      bool

	mu        sync.Mutex
	start     *image // that reset returns to
	origin    *image // that the current gateway has begun with, or that the next one begins with
	wasReset  bool
	closing   sync.WaitGroup // of gateways that were replaced while no request was in progress
	current   *running
	snapshots map[string]*snapshot
	listener  net.Listener
}

// Name returns the name, which is a host label.
func (s *Sandbox) Name() string { return s.name }

// Credentials returns those of the seed.
func (s *Sandbox) Credentials() *Credentials { return &s.credentials }

// Clock returns the clock, which all that the sandbox shows follows.
func (s *Sandbox) Clock() *Clock { return s.clock }

// snapshot is a state that a sandbox can be reset to.
type snapshot struct {
	image *image
	At    time.Time `json:"at"`
	Bytes int       `json:"bytes"`
}

// running is the gateway of a sandbox, from its first request on.
type running struct {
	gateway *opened
	uses    int  // requests in progress
	left    bool // the last of them closes the gateway
	// updates is how many the store had when the sandbox's origin was its image.
	updates uint64
}

// acquire returns the gateway, opened now if needed, and how to give it back.
func (s *Sandbox) acquire() (*gateway.Gateway, func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.origin == nil {
		return nil, nil, s.gone()
	}
	if s.current == nil {
		g, err := s.open(s.origin)
		if err != nil {
			return nil, nil, err
		}
		s.current = &running{gateway: g}
		s.prepareNext()
	}
	r := s.current
	r.uses++
	s.manager.awake.note(r)
	return r.gateway.Gateway, func() { s.release(r) }, nil
}

// Open opens the gateway now, for which the first request would wait.
func (s *Sandbox) Open() error {
	_, release, err := s.acquire()
	if err == nil {
		release()
	}
	return err
}

// release ends a use. The last one of a gateway that was replaced closes it.
func (s *Sandbox) release(r *running) {
	s.mu.Lock()
	r.uses--
	last := r.left && r.uses == 0
	s.mu.Unlock()
	if last {
		_ = r.gateway.Close()
	}
}

// prepareNext opens another store of the image that was opened now, if one is likely to
// be needed: for the next reset, or for another sandbox that begins with it.
func (s *Sandbox) prepareNext() {
	if s.wasReset || s.origin.opened.Load() > 1 && s.manager.count() > 1 {
		s.manager.spares.prepare(s.origin)
	}
}

// open makes a gateway on an image, with randomness from the start of the seed.
func (s *Sandbox) open(begin *image) (*opened, error) {
	return s.manager.openGateway(begin, s.settings, s.clock.Now, newRandom(s.seed, firstRequests+begin.age))
}

// gone is the error of what is asked of a sandbox that was dropped.
func (s *Sandbox) gone() error {
	return notFound("name", fmt.Sprintf("the sandbox %q was dropped", s.name))
}

// replace makes the next request begin with the image; without one, there is none. It
// returns how to close the gateway before it, unless requests are in progress, of which
// the last one closes it; nil if the sandbox was dropped.
func (s *Sandbox) replace(begin *image) (closeOld func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.origin == nil {
		return nil
	}
	old := s.current
	s.current, s.origin, s.wasReset = nil, begin, true
	if old == nil {
		return func() {}
	}
	s.manager.awake.forget(old)
	if old.left = true; old.uses > 0 {
		return func() {}
	}
	s.closing.Add(1)
	return func() {
		defer s.closing.Done()
		_ = old.gateway.Close()
	}
}

// image returns the present state.
func (s *Sandbox) image() (*image, error) {
	s.mu.Lock()
	r, origin := s.current, s.origin
	if r == nil || r.updates == updatesOf(r.gateway.Gateway) {
		s.mu.Unlock()
		return origin, nil
	}
	r.uses++
	s.mu.Unlock()
	defer s.release(r)
	updates := updatesOf(r.gateway.Gateway) // those that are made meanwhile may be in the image, or not
	now, err := imageOf(r.gateway, origin)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && s.current == r {
		s.origin, r.updates = now, updates
	}
	return now, err
}

// updatesOf is how many updates the gateway's store has had.
func updatesOf(g *gateway.Gateway) uint64 {
	if s, ok := g.Store().(interface{ Stats() store.Stats }); ok {
		return s.Stats().Updates
	}
	return 0
}

// Reset returns to the start, or to a snapshot unless that is "". The journal is emptied and faults end.
func (s *Sandbox) Reset(to string) error {
	begin := s.start
	if to != "" {
		snap, err := s.snapshot(to)
		if err != nil {
			return err
		}
		begin = snap.image
	}
	closeOld := s.replace(begin)
	if closeOld == nil {
		return s.gone()
	}
	go closeOld()
	s.manager.spares.prepare(begin)
	s.journal.clear()
	s.faults.clear()
	return nil
}

func (s *Sandbox) snapshot(name string) (*snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if snap := s.snapshots[name]; snap != nil {
		return snap, nil
	}
	return nil, notFound("snapshot", fmt.Sprintf("the sandbox %s has no snapshot %q", s.name, name))
}

// keep keeps an image as a snapshot. A snapshot of the name is replaced.
func (s *Sandbox) keep(name string, state *image) *snapshot {
	snap := &snapshot{image: state, At: s.clock.Now().UTC(), Bytes: state.size()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snapshots[name] = snap
	return snap
}

// nextAge is the age of an image of the present state.
func (s *Sandbox) nextAge() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.origin == nil { // it was dropped
		return 0
	}
	return s.origin.age + 1
}

func (s *Sandbox) snapshotNames() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.snapshots))
}

// newestRow is when the youngest user was last changed.
func (s *Sandbox) newestRow(ctx context.Context) (newest time.Time, err error) {
	g, release, err := s.acquire()
	if err != nil {
		return newest, err
	}
	defer release()
	err = g.Directory().View(ctx, func(tx *core.Tx) error {
		newest = time.Time{}
		realms, err := tx.Realms()
		if err != nil {
			return err
		}
		for _, realm := range realms {
			users, err := tx.Users(core.UserQuery{Realm: realm, Deleted: true, Limit: maxScan})
			if err != nil {
				return err
			}
			for _, u := range users {
				if u.UpdatedAt.After(newest) {
					newest = u.UpdatedAt
				}
			}
		}
		return nil
	})
	return newest, err
}

// maxScan is how many users are looked at for the newest row.
const maxScan = 100_000

// Journal returns the calls that the filter chooses, oldest first.
func (s *Sandbox) Journal(f Filter) []*Entry {
	found, _ := s.journal.find(f)
	return found
}

// AddUser adds a user with a password and returns it as it was stored.
func (s *Sandbox) AddUser(ctx context.Context, u *core.User, password string) (*core.User, error) {
	g, release, err := s.acquire()
	if err != nil {
		return nil, err
	}
	defer release()
	dir := g.Directory()
	if u.Password, err = dir.HashPassword(ctx, password); err != nil {
		return nil, err
	}
	added := *u
	err = dir.Update(ctx, core.Operator(), func(tx *core.Tx) error {
		added = *u
		return tx.AddUser(&added)
	})
	return &added, err
}

// close ends the sandbox; requests in progress end first.
func (s *Sandbox) close() {
	s.mu.Lock()
	l := s.listener
	s.listener = nil
	s.mu.Unlock()
	if l != nil {
		_ = l.Close()
	}
	if closeOld := s.replace(nil); closeOld != nil {
		closeOld()
	}
	s.closing.Wait()
	s.journal.close()
	s.faults.clear()
}

// ServeHTTP answers a request of a client, as the dialect that it is for.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g, release, err := s.acquire()
	if err != nil {
		writeProblem(w, err)
		return
	}
	defer release()
	newExchange(s, g, w, r).serve()
}

// firstRequests is the stream of randomness that the requests after the start use; 0 is
// that of what prepares a sandbox.
const firstRequests = 1

// newRandom returns randomness of a seed, safe for concurrent use. Each stream of a seed is
// another one.
func newRandom(seed, stream uint64) io.Reader {
	var key [32]byte
	if seed == 0 {
		_, _ = rand.Read(key[:]) // never fails
	}
	binary.LittleEndian.PutUint64(key[:], seed^binary.LittleEndian.Uint64(key[:]))
	last := key[len(key)-8:]
	binary.BigEndian.PutUint64(last, stream^binary.BigEndian.Uint64(last))
	return &lockedRandom{source: mrand.NewChaCha8(key)}
}

type lockedRandom struct {
	mu     sync.Mutex
	source *mrand.ChaCha8
}

// Read implements io.Reader.
func (l *lockedRandom) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.source.Read(p)
}

// openStore opens a store that begins with an image; nil is an empty store.
func (m *Manager) openStore(begin *image) (core.Store, error) {
	var content []byte
	if begin != nil {
		content = begin.bytes
	}
	return store.OpenImage(context.Background(), content, store.WithSecrets(gateway.SecretKinds()...), store.MaxBytes(m.cfg.MaxBytes))
}

// openGateway makes a gateway on a store that begins with an image.
func (m *Manager) openGateway(begin *image, set *gateway.Defaults, now func() time.Time, random io.Reader) (*opened, error) {
	ctx := context.Background()
	inside, err := m.spares.take(begin)
	if err != nil {
		return nil, err
	}
	var pages gateway.ConsoleSettings
	if m.cfg.Console {
		pages = gateway.ConsoleSettings{Mode: gateway.ConsoleWrite, Open: true, Sandboxes: desk{m}}
	}
	dsn, folder := m.newFolder()
	made := &opened{folder: folder, archive: archiveFiles(set, dsn)}
	made.Gateway, err = gateway.Open(ctx, gateway.Config{
		DSN: dsn, Store: inside, Rows: set.Rows, Now: now, Rand: random, Metrics: m.metrics,
		Limits: set.Limits, Passwords: set.Passwords, TrustedProxies: m.cfg.TrustedProxies,
		Console: pages,
	})
	if err != nil {
		return nil, errors.Join(err, inside.Close())
	}
	if err := made.writeFiles(begin); err != nil {
		return nil, errors.Join(err, made.Close())
	}
	return made, nil
}
