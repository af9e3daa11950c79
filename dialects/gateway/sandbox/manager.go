// Package sandbox is a stand-in for tests: sandboxes, each of which is one isolated
// population with its own store, clock, randomness, faults and journal, behind one
// http.Handler that also serves the control API below [ControlPrefix].
package sandbox

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

// DefaultName is the name of the sandbox that answers where no other is meant.
const DefaultName = "default"

// Config configures a Manager. The zero value is for a stand-in on this machine.
type Config struct {
	// Settings are those of every sandbox, as flags of the program; a sandbox may have
	// others besides. Hashes are cheap and vendors' quotas off unless they say otherwise.
	Settings []string
	// Token must be sent to the control API as a bearer token; "" needs none.
	Token string
	// Hosts are names, besides localhost, that the control API may be called by.
	Hosts []string
	// Base is the URL by which clients reach the manager; "" is that of each call.
	Base string
	// MaxBytes bounds what the users and all else of a sandbox take; 0 means no bound. What
	// needs more fails as on a full disk, whatever the dialect. Uploaded files count by
	// themselves, those of each Syncano instance.
	MaxBytes int64
	// Journal is how many requests a sandbox remembers; 0 means 1000.
	Journal int
	// Listen opens the port of a sandbox; nil refuses ports.
	Listen func() (net.Listener, error)
	// Console serves a console of each sandbox, which lets in whoever may use the control
	// API.
	Console bool
	// Other answers requests that are for no sandbox, instead of the default one.
	Other          http.Handler
	TrustedProxies []netip.Prefix
}

// Manager serves sandboxes. It is safe for concurrent use.
type Manager struct {
	cfg     Config
	metrics *edge.Metrics
	control http.Handler
	awake   awake
	spares  spares

	mu        sync.Mutex
	sandboxes map[string]*Sandbox
	prepared  map[string]func() (prepared, error) // what sandboxes begin with, by its key
	defaults  map[string]*gateway.Defaults
	last      int
}

// standInSettings are cheap hashes and no quotas.
var standInSettings = []string{
	"--hash-memory=8KiB", "--hash-time=1", "--econtext-secret-cost=4", "--max-attributes=0",
	"--syncano-max-instances=-1", "--syncano-max-classes=-1", "--syncano-max-users=-1", "--syncano-max-objects=-1",
	"--max-client-requests=0", "--max-caller-requests=0", "--max-requests=0",
}

// New returns a manager without sandboxes.
func New(cfg Config) *Manager {
	if cfg.Journal == 0 {
		cfg.Journal = 1000
	}
	m := &Manager{
		cfg: cfg, metrics: edge.NewMetrics(prometheus.NewRegistry()),
		sandboxes: map[string]*Sandbox{}, prepared: map[string]func() (prepared, error){}, defaults: map[string]*gateway.Defaults{},
	}
	m.control = m.routes()
	m.spares.open = m.openStore
	return m
}

// Creation is a sandbox to be created.
type Creation struct {
	// Name is a host label; "" makes one.
	Name string `json:"name,omitempty"`
	// Seed is the text of a seed file, and Archive that of an archive, which has all
	// that a store can have. Without both, a sandbox begins with [DevelopmentSeed];
	// Empty begins with nothing.
	Seed    string `json:"seed,omitempty"`
	Archive string `json:"archive,omitempty"`
	Empty   bool   `json:"empty,omitempty"`
	// Fork is the sandbox whose present state this one begins with.
	Fork string `json:"fork,omitempty"`
	// Settings are flags of the program's, such as "onapp-version": "4.2.0".
	Settings map[string]string `json:"settings,omitempty"`
	// Clock is where the clock begins; without it, at the system's time.
	Clock  time.Time `json:"clock,omitzero"`
	Frozen bool      `json:"frozen,omitempty"`
	// Random makes keys, numbers and salts the same in every sandbox of that number; 0
	// makes them at random.
	Random uint64 `json:"random,omitempty"`
	// Strict notes what the vendor ignored without a word.
	Strict bool `json:"strict,omitempty"`
	// Port asks for a port of its own.
	Port bool `json:"port,omitempty"`
}

// hostLabel is what a sandbox may be called, but for the length. A bound in the pattern
// would take long to compile.
var hostLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

func isHostLabel(name string) bool { return len(name) <= 63 && hostLabel.MatchString(name) }

// Create makes a sandbox. It fails with a [*Problem].
func (m *Manager) Create(ctx context.Context, c Creation) (*Sandbox, error) {
	if err := m.check(&c); err != nil {
		return nil, err
	}
	s := &Sandbox{
		name: c.Name, manager: m, clock: newClock(c.Clock, c.Frozen), seed: c.Random, strict: c.Strict,
		journal: newJournal(m.cfg.Journal), faults: &faults{}, snapshots: map[string]*snapshot{},
	}
	if err := m.fill(ctx, s, &c); err != nil {
		m.closeSpares()
		return nil, err
	}
	s.origin = s.start
	if err := m.add(s); err != nil {
		return nil, err
	}
	if c.Port {
		if err := m.listen(s); err != nil {
			m.remove(s.name)
			return nil, err
		}
	}
	return s, nil
}

func (m *Manager) check(c *Creation) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for c.Name == "" || m.sandboxes[c.Name] != nil && c.Name == fmt.Sprint("sandbox-", m.last) {
		m.last++
		c.Name = fmt.Sprint("sandbox-", m.last)
	}
	given := 0
	for _, is := range []bool{c.Seed != "" || c.Archive != "", c.Empty, c.Fork != ""} {
		if is {
			given++
		}
	}
	switch {
	case !isHostLabel(c.Name):
		return invalid("name", "a name is a host label: 1 to 63 of a-z, 0-9 and -, not - at either end")
	case m.sandboxes[c.Name] != nil:
		return taken("name", fmt.Sprintf("there is a sandbox %q", c.Name))
	case given > 1:
		return invalid("fork", "give one of seed or archive, empty, and fork")
	case c.Port && m.cfg.Listen == nil:
		return invalid("port", "this server gives no ports")
	}
	return checkTime("clock", c.Clock)
}

// fill sets what the sandbox begins with.
func (m *Manager) fill(ctx context.Context, s *Sandbox, c *Creation) (err error) {
	if c.Fork != "" {
		from, err := m.Get(c.Fork)
		if err != nil {
			return invalid("fork", err.Error())
		}
		if s.settings, err = m.settings(c.Settings); len(c.Settings) == 0 {
			s.settings = from.settings
		}
		if err == nil {
			s.credentials = from.credentials
			s.start, err = from.image()
		}
		if c.Clock.IsZero() {
			s.clock.Set(from.clock.Now())
		}
		return err
	}
	begin := content{seed: c.Seed, archive: c.Archive}
	if begin == (content{}) && !c.Empty {
		begin.seed = DevelopmentSeed()
	}
	at := c.Clock
	if at.IsZero() {
		at = s.clock.Now()
	}
	key := fmt.Sprint(begin.key(), c.Settings, c.Random, c.Clock)
	if !m.isPrepared(key) {
		m.spares.prepare(nil) // while the settings are parsed, which takes as long
	}
	if s.settings, err = m.settings(c.Settings); err != nil {
		return err
	}
	made, err := m.prepareOnce(ctx, s, begin, at, key)
	s.start, s.credentials = made.image, made.credentials
	return err
}

// settings returns the settings with those of one sandbox, which all that have the same
// share: they do not change, and parsing them takes longer than all else.
func (m *Manager) settings(set map[string]string) (*gateway.Defaults, error) {
	key := fmt.Sprint(set)
	m.mu.Lock()
	known := m.defaults[key]
	m.mu.Unlock()
	if known != nil {
		return known, nil
	}
	args := append(slices.Clone(standInSettings), fmt.Sprint("--syncano-max-file-bytes=", m.cfg.MaxBytes))
	args = append(args, m.cfg.Settings...)
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if m.cfg.Other != nil && reachesOutside(name) {
			return nil, invalid("settings", "--"+name+" reaches files or servers, which a sandbox beside a gateway may not")
		}
		args = append(args, "--"+name+"="+set[name])
	}
	d, err := gateway.NewDefaults(args...)
	if err != nil {
		return nil, invalid("settings", err.Error())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.defaults) >= maxPrepared {
		clear(m.defaults)
	}
	m.defaults[key] = d
	return d, nil
}

// reachesOutside reports whether a setting names files of this machine, or servers.
func reachesOutside(setting string) bool {
	return strings.HasSuffix(setting, "-file") || strings.HasSuffix(setting, "-files") || strings.HasSuffix(setting, "-hook") ||
		strings.Contains(setting, "-upstream")
}

func (m *Manager) add(s *Sandbox) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sandboxes[s.name] != nil {
		return taken("name", fmt.Sprintf("there is a sandbox %q", s.name))
	}
	m.sandboxes[s.name] = s
	return nil
}

// listen gives the sandbox a port of its own.
func (m *Manager) listen(s *Sandbox) error {
	l, err := m.cfg.Listen()
	if err != nil {
		return invalid("port", err.Error())
	}
	s.listener = l
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }()
	return nil
}

// Get returns a sandbox.
func (m *Manager) Get(name string) (*Sandbox, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s := m.sandboxes[name]; s != nil {
		return s, nil
	}
	return nil, notFound("name", fmt.Sprintf("there is no sandbox %q", name))
}

// Drop ends a sandbox; requests in progress end first. Without sandboxes, a manager
// keeps no files.
func (m *Manager) Drop(name string) error {
	s := m.remove(name)
	if s == nil {
		return notFound("name", fmt.Sprintf("there is no sandbox %q", name))
	}
	s.close()
	m.closeSpares()
	return nil
}

// closeSpares closes what no sandbox is there for.
func (m *Manager) closeSpares() {
	if m.count() == 0 {
		m.spares.close()
	}
}

func (m *Manager) remove(name string) *Sandbox {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sandboxes[name]
	delete(m.sandboxes, name)
	return s
}

func (m *Manager) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.sandboxes)
}

func (m *Manager) all() []*Sandbox {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []*Sandbox
	for _, name := range slices.Sorted(maps.Keys(m.sandboxes)) {
		list = append(list, m.sandboxes[name])
	}
	return list
}

// Close ends all sandboxes.
func (m *Manager) Close() {
	for _, s := range m.all() {
		_ = m.Drop(s.name)
	}
	m.spares.close()
}
