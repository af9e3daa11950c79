package sandbox

import (
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

// pathPrefix begins the paths of sandboxes: /_sandbox/NAME/...
const pathPrefix = "/_sandbox/"

// ServeHTTP implements http.Handler.
func (m *Manager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if m.serveConsole(w, r) {
		return
	}
	if strings.HasPrefix(r.URL.Path, ControlPrefix) {
		m.serveControl(w, r)
		return
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, pathPrefix); ok {
		name, _, _ := strings.Cut(rest, "/")
		s, err := m.Get(name)
		if err != nil {
			writeProblem(w, err)
			return
		}
		s.ServeHTTP(w, edge.Below(r, pathPrefix+name))
		return
	}
	if s := m.ofHost(r); s != nil {
		s.ServeHTTP(w, r)
		return
	}
	m.serveOther(w, r)
}

// ofHost returns the sandbox of a host NAME.localhost, or of a key that only it has; nil
// if it is none's.
func (m *Manager) ofHost(r *http.Request) *Sandbox {
	name, local := strings.CutSuffix(edge.HostName(r.Host), ".localhost")
	if !local {
		return m.ofKey(r)
	}
	s, _ := m.Get(name)
	return s
}

func (m *Manager) serveOther(w http.ResponseWriter, r *http.Request) {
	if m.cfg.Other != nil {
		m.cfg.Other.ServeHTTP(w, r)
		return
	}
	s, err := m.Get(DefaultName)
	if err != nil {
		writeProblem(w, err)
		return
	}
	s.ServeHTTP(w, r)
}

// ofKey returns the sandbox whose seed has the Syncano key that the request carries; nil
// if none or several have it. Beside a gateway there is none: a seed with a key of the
// gateway's would take its clients.
func (m *Manager) ofKey(r *http.Request) (found *Sandbox) {
	key := r.Header.Get("X-Api-Key")
	if key == "" || m.cfg.Other != nil {
		return nil
	}
	for _, s := range m.all() {
		if !s.credentials.hasKey(key) {
			continue
		}
		if found != nil {
			return nil
		}
		found = s
	}
	return found
}

func (c *Credentials) hasKey(key string) bool {
	for _, i := range c.Syncano.Instances {
		for _, k := range i.Keys {
			if k.Key == key {
				return true
			}
		}
	}
	for _, a := range c.Syncano.Accounts {
		if a.Key == key {
			return true
		}
	}
	return false
}
