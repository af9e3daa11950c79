package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

// ControlPrefix begins the paths of the control API.
const ControlPrefix = "/_dragoman/"

// maxCall bounds the body of a call of the control API, such as a seed, in bytes.
const maxCall = 256 << 20

// handler answers a call of the control API: a status and what to encode; nil writes
// nothing.
type handler func(m *Manager, w http.ResponseWriter, r *http.Request) (status int, body any, err error)

// ofSandbox is a handler of a call about a sandbox.
type ofSandbox func(s *Sandbox, w http.ResponseWriter, r *http.Request) (status int, body any, err error)

// calls are the control API. The OpenAPI document describes each; a test holds it to
// that.
func calls() map[string]handler {
	one := func(h ofSandbox) handler {
		return func(m *Manager, w http.ResponseWriter, r *http.Request) (int, any, error) {
			s, err := m.Get(r.PathValue("name"))
			if err != nil {
				return 0, nil, err
			}
			return h(s, w, r)
		}
	}
	return map[string]handler{
		"GET /_dragoman/openapi.json":                               showOpenAPI,
		"GET /_dragoman/operations":                                 listOperations,
		"GET /_dragoman/sandboxes":                                  listSandboxes,
		"POST /_dragoman/sandboxes":                                 createSandbox,
		"GET /_dragoman/sandboxes/{name}":                           one(showSandbox),
		"DELETE /_dragoman/sandboxes/{name}":                        dropSandbox,
		"POST /_dragoman/sandboxes/{name}/reset":                    one(resetSandbox),
		"GET /_dragoman/sandboxes/{name}/clock":                     one(showClock),
		"PUT /_dragoman/sandboxes/{name}/clock":                     one(changeClock),
		"GET /_dragoman/sandboxes/{name}/snapshots":                 one(listSnapshots),
		"POST /_dragoman/sandboxes/{name}/snapshots":                one(takeSnapshot),
		"GET /_dragoman/sandboxes/{name}/snapshots/{snapshot}":      one(downloadSnapshot),
		"PUT /_dragoman/sandboxes/{name}/snapshots/{snapshot}":      one(uploadSnapshot),
		"GET /_dragoman/sandboxes/{name}/snapshots/{snapshot}/diff": one(diffSnapshots),
		"GET /_dragoman/sandboxes/{name}/faults":                    one(listFaults),
		"POST /_dragoman/sandboxes/{name}/faults":                   one(setFault),
		"DELETE /_dragoman/sandboxes/{name}/faults":                 one(clearFaults),
		"DELETE /_dragoman/sandboxes/{name}/faults/{fault}":         one(clearFault),
		"GET /_dragoman/sandboxes/{name}/journal":                   one(showJournal),
		"DELETE /_dragoman/sandboxes/{name}/journal":                one(clearJournal),
		"GET /_dragoman/sandboxes/{name}/journal/events":            one(followJournal),
		"GET /_dragoman/sandboxes/{name}/journal/har":               one(showHAR),
		"POST /_dragoman/sandboxes/{name}/verify":                   one(verifyCalls),
	}
}

// routes returns the handler of all calls.
func (m *Manager) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range calls() {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			status, body, err := h(m, w, r)
			switch {
			case err != nil:
				writeProblem(w, err)
			case body != nil:
				writeJSON(w, status, body)
			case status != 0:
				w.WriteHeader(status)
			}
		})
	}
	return mux
}

// serveControl answers a call of the operator's own programs and of no page in a
// browser.
func (m *Manager) serveControl(w http.ResponseWriter, r *http.Request) {
	if m.cfg.Other != nil && !strings.HasPrefix(r.URL.Path, ControlPrefix+"sandboxes") &&
		r.URL.Path != ControlPrefix+"operations" && r.URL.Path != ControlPrefix+"openapi.json" {
		m.cfg.Other.ServeHTTP(w, r)
		return
	}
	if r.URL.Path == ControlPrefix+"health" || r.URL.Path == ControlPrefix+"ready" {
		writeJSON(w, http.StatusOK, "ready")
		return
	}
	if err := m.admit(r); err != nil {
		writeProblem(w, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxCall)
	if _, pattern := m.control.(*http.ServeMux).Handler(r); pattern == "" {
		writeProblem(w, notFound("", "there is no call "+r.Method+" "+r.URL.Path+"; GET /_dragoman/openapi.json lists them"))
		return
	}
	m.control.ServeHTTP(w, r)
}

// admitPage refuses calls from web pages: those of other origins, and those through a
// foreign host name that leads here (DNS rebinding).
func (m *Manager) admitPage(r *http.Request) error {
	host := edge.HostName(r.Host)
	if !m.isOwn(host) {
		return problem(http.StatusMisdirectedRequest, "foreign-host", "Host", fmt.Sprintf("%q is not a name of this server", host))
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || !strings.EqualFold(u.Host, r.Host) {
			return problem(http.StatusForbidden, "cross-origin", "Origin", "web pages of other origins are not answered")
		}
	}
	return nil
}

// admit refuses calls of web pages, and those without the token.
func (m *Manager) admit(r *http.Request) error {
	if err := m.admitPage(r); err != nil || m.cfg.Token == "" {
		return err
	}
	given, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(m.cfg.Token))
	if subtle.ConstantTimeCompare(a[:], b[:]) != 1 {
		return problem(http.StatusUnauthorized, "unauthorized", "Authorization", "the control API needs its bearer token")
	}
	return nil
}

// isOwn reports whether a host name cannot be an attacker's: an address, a name of this
// machine, or one that the operator named.
func (m *Manager) isOwn(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || slices.Contains(m.cfg.Hosts, host)
}

// shown is a sandbox as the control API shows it.
type shown struct {
	Name        string      `json:"name"`
	URL         string      `json:"url"`
	HostURL     string      `json:"host_url"`
	PortURL     string      `json:"port_url,omitempty"`
	Credentials Credentials `json:"credentials"`
	Clock       *Clock      `json:"clock"`
	Random      uint64      `json:"random,omitempty"`
	Strict      bool        `json:"strict,omitempty"`
	Snapshots   []string    `json:"snapshots"`
	Faults      int         `json:"faults"`
	Calls       int64       `json:"calls"`
}

func (s *Sandbox) show(r *http.Request) shown {
	base := s.manager.cfg.Base
	if base == "" {
		base = "http://" + r.Host
	}
	v := shown{
		Name: s.name, URL: base + pathPrefix + s.name, Credentials: s.credentials, Clock: s.clock, Random: s.seed,
		Strict: s.strict, Snapshots: append([]string{}, s.snapshotNames()...), Faults: len(s.faults.all()), Calls: s.journal.count(),
	}
	u, err := url.Parse(base)
	if err != nil {
		return v
	}
	v.HostURL = u.Scheme + "://" + s.name + ".localhost"
	if port := u.Port(); port != "" {
		v.HostURL += ":" + port
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		v.PortURL = "http://" + s.listener.Addr().String()
	}
	return v
}

func listSandboxes(m *Manager, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	list := []shown{}
	for _, s := range m.all() {
		list = append(list, s.show(r))
	}
	return http.StatusOK, map[string]any{"sandboxes": list}, nil
}

func createSandbox(m *Manager, w http.ResponseWriter, r *http.Request) (int, any, error) {
	var c Creation
	if err := decode(r, &c); err != nil {
		return 0, nil, err
	}
	s, err := m.Create(r.Context(), c)
	if err != nil {
		return 0, nil, err
	}
	w.Header().Set("Location", ControlPrefix+"sandboxes/"+s.name)
	return http.StatusCreated, s.show(r), nil
}

func showSandbox(s *Sandbox, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	return http.StatusOK, s.show(r), nil
}

func dropSandbox(m *Manager, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	return http.StatusNoContent, nil, m.Drop(r.PathValue("name"))
}

func resetSandbox(s *Sandbox, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	var call struct {
		Snapshot string `json:"snapshot"`
	}
	if err := decode(r, &call); err != nil {
		return 0, nil, err
	}
	if err := s.Reset(call.Snapshot); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.show(r), nil
}

func listOperations(m *Manager, _ http.ResponseWriter, _ *http.Request) (int, any, error) {
	list, err := m.operations()
	return http.StatusOK, map[string]any{"operations": list}, err
}

// operations lists those of all dialects, of the newest versions.
func (m *Manager) operations() ([]Operation, error) {
	set, err := m.settings(nil)
	if err != nil {
		return nil, err
	}
	g, err := m.openGateway(nil, set, time.Now, nil)
	if err != nil {
		return nil, err
	}
	defer g.Close()
	return operationsOf(g.Gateway), nil
}

func listFaults(s *Sandbox, _ http.ResponseWriter, _ *http.Request) (int, any, error) {
	return http.StatusOK, map[string]any{"faults": s.faults.all()}, nil
}

func setFault(s *Sandbox, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	var call faultCall
	if err := decode(r, &call); err != nil {
		return 0, nil, err
	}
	f, err := call.fault()
	if err != nil {
		return 0, nil, err
	}
	set, err := s.SetFault(f)
	return http.StatusCreated, set, err
}

// SetFault sets a fault. It fails with a [*Problem].
func (s *Sandbox) SetFault(f *Fault) (*Fault, error) {
	g, release, err := s.acquire()
	if err != nil {
		return nil, err
	}
	defer release()
	f.Seen, f.Happened = 0, 0
	if err := f.check(operationsOf(g), s.clock.Now()); err != nil {
		return nil, err
	}
	if f.Stale {
		image, err := s.image()
		if err == nil {
			f.stale, err = s.open(image)
		}
		if err != nil {
			return nil, err
		}
	}
	return s.faults.add(f), nil
}

func clearFaults(s *Sandbox, _ http.ResponseWriter, _ *http.Request) (int, any, error) {
	s.faults.clear()
	return http.StatusNoContent, nil, nil
}

func clearFault(s *Sandbox, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	if id := r.PathValue("fault"); !s.faults.clear(id) {
		return 0, nil, notFound("fault", "there is no fault "+id)
	}
	return http.StatusNoContent, nil, nil
}

func verifyCalls(s *Sandbox, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	var x Expectation
	if err := decode(r, &x); err != nil {
		return 0, nil, err
	}
	n, err := s.Verify(x)
	return http.StatusOK, map[string]any{"verified": true, "calls": n}, err
}

// Verify fails with a [*Problem] unless the journal is as expected. It returns how many
// calls fit.
func (s *Sandbox) Verify(x Expectation) (int, error) {
	entries, _ := s.journal.all()
	if err := x.check(); err != nil {
		return 0, err
	}
	if err := s.checkFilter(x.Filter, x.Order...); err != nil {
		return 0, err
	}
	return x.verify(entries)
}

// checkFilter fails if the filter, or one of the operations in an order, could never choose
// a call.
func (s *Sandbox) checkFilter(f Filter, order ...string) error {
	if f.Operation == "" && f.Dialect == "" && len(order) == 0 {
		return nil
	}
	g, release, err := s.acquire()
	if err != nil {
		return err
	}
	defer release()
	operations := operationsOf(g)
	if err := checkTarget("operation", f.Operation, f.Dialect, operations); err != nil {
		return err
	}
	for _, name := range order {
		if err := checkTarget("order", name, f.Dialect, operations); err != nil {
			return err
		}
	}
	return nil
}

// number reads a parameter of a query.
func number(q url.Values, name string) (int64, error) {
	if q.Get(name) == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(q.Get(name), 10, 64)
	if err != nil {
		return 0, invalid(name, "this is not a number")
	}
	return n, nil
}
