package sandbox

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/console"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

// serveConsole answers a browser with the console of the sandbox that r is for, if it is
// for one. A page of another origin gets nothing, as from the control API.
func (m *Manager) serveConsole(w http.ResponseWriter, r *http.Request) (served bool) {
	if !m.cfg.Console {
		return false
	}
	name, below := DefaultName, r
	if rest, ok := strings.CutPrefix(r.URL.Path, pathPrefix); ok {
		name, _, _ = strings.Cut(rest, "/")
		below = edge.Below(r, pathPrefix+name)
	} else if label, local := strings.CutSuffix(edge.HostName(r.Host), ".localhost"); local {
		name = label
	}
	if !strings.HasPrefix(below.URL.Path, console.Prefix) {
		return false
	}
	s, err := m.Get(name)
	if err == nil {
		err = m.admitBrowser(w, r)
	}
	if err != nil {
		writeProblem(w, err)
		return true
	}
	g, release, err := s.acquire()
	if err != nil {
		writeProblem(w, err)
		return true
	}
	defer release()
	g.Admin().ServeHTTP(w, below)
	return true
}

// admitBrowser is admit for a browser, which sends a token as the password that it asks
// its user for.
func (m *Manager) admitBrowser(w http.ResponseWriter, r *http.Request) error {
	if err := m.admitPage(r); err != nil || m.cfg.Token == "" {
		return err
	}
	_, given, _ := r.BasicAuth()
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(m.cfg.Token))
	if subtle.ConstantTimeCompare(a[:], b[:]) == 1 {
		return nil
	}
	w.Header().Set("WWW-Authenticate", `Basic realm="the token of the control API, as the password"`)
	return problem(http.StatusUnauthorized, "unauthorized", "Authorization", "the console needs the token of the control API")
}

// desk is the manager as the console knows it.
type desk struct{ *Manager }

// All implements console.Sandboxes.
func (d desk) All() (list []console.Sandbox) {
	for _, s := range d.all() {
		v := console.Sandbox{
			Name: s.name, URL: d.cfg.Base + pathPrefix + s.name, Console: pathPrefix + s.name + console.Prefix, Now: s.clock.Now(),
			Frozen: s.clock.isFrozen(), Snapshots: s.snapshotNames(), Calls: s.journal.count(), Operations: d.operationNames(s),
		}
		if s.name == DefaultName {
			v.URL, v.Console = d.cfg.Base+"/", console.Prefix
		}
		for _, f := range s.faults.all() {
			v.Faults = append(v.Faults, console.Fault{ID: f.ID, Text: faultText(f), Seen: f.Seen, Happened: f.Happened})
		}
		list = append(list, v)
	}
	return list
}

// operationNames are those of the sandbox's dialects; none if it cannot be opened.
func (d desk) operationNames(s *Sandbox) (names []string) {
	g, release, err := s.acquire()
	if err != nil {
		return nil
	}
	defer release()
	for _, o := range operationsOf(g) {
		names = append(names, o.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// faultText says what goes wrong, and for which calls.
func faultText(f *Fault) string {
	var what []string
	for _, part := range []struct {
		name  string
		value any
		is    bool
	}{
		{"dialect", f.Dialect, f.Dialect != ""}, {"operation", f.Operation, f.Operation != ""}, {"user", f.User, f.User != ""},
		{"status", f.Status, f.Status != 0}, {"delay", time.Duration(f.Delay), f.Delay != 0}, {"jitter", time.Duration(f.Jitter), f.Jitter != 0},
		{"slow body", time.Duration(f.SlowBody), f.SlowBody != 0}, {"cut", f.Cut, f.Cut}, {"stale", f.Stale, f.Stale},
		{"first", f.First, f.First != 0}, {"every", f.Every, f.Every != 0}, {"probability", f.Probability, f.Probability != 0},
	} {
		if part.is {
			what = append(what, fmt.Sprintf("%s %v", part.name, part.value))
		}
	}
	return strings.Join(what, ", ")
}

// Do implements console.Sandboxes.
func (d desk) Do(ctx context.Context, name, action string, values url.Values) error {
	err := d.do(ctx, name, action, values)
	if p := new(Problem); errors.As(err, &p) {
		field := p.Member
		if field == "" {
			field = "form"
		}
		return &console.FieldError{Field: field, Text: p.Detail}
	}
	return err
}

func (d desk) do(ctx context.Context, name, action string, values url.Values) error {
	if action == console.SandboxCreate {
		made := Creation{Name: name, Fork: values.Get("from")}
		if made.Fork == "empty" {
			made.Fork, made.Empty = "", true
		}
		_, err := d.Create(ctx, made)
		return err
	}
	s, err := d.Get(name)
	if err != nil {
		return err
	}
	switch action {
	case console.SandboxDrop:
		return d.Drop(name)
	case console.SandboxReset:
		return s.Reset(values.Get("snapshot"))
	case console.SandboxSnapshot:
		_, err := s.takeSnapshot(values.Get("snapshot"))
		return err
	case console.SandboxClock:
		return s.clockForm(ctx, values)
	case console.SandboxFault:
		return s.faultForm(values)
	}
	if id := values.Get("fault"); id == "" {
		s.faults.clear()
	} else if !s.faults.clear(id) {
		return notFound("fault", "there is no fault "+id)
	}
	return nil
}

func (s *Sandbox) clockForm(ctx context.Context, values url.Values) (err error) {
	var c clockChange
	if text := values.Get("set"); text != "" {
		if c.Set, err = time.Parse(time.RFC3339, text); err != nil {
			return invalid("set", "must be like 2030-01-31T12:00:00Z")
		}
	}
	if c.Advance, err = durationOf(values, "advance"); err != nil {
		return err
	}
	if frozen := values.Get("frozen"); frozen != "" {
		stands := frozen == "yes"
		c.Frozen = &stands
	}
	return s.changeClock(ctx, c)
}

func (s *Sandbox) faultForm(values url.Values) (err error) {
	f := &Fault{Dialect: values.Get("dialect"), Operation: values.Get("operation"), User: values.Get("user"), Cut: values.Get("cut") != ""}
	for name, to := range map[string]*int{"status": &f.Status, "first": &f.First} {
		if text := values.Get(name); text != "" {
			if *to, err = strconv.Atoi(text); err != nil {
				return invalid(name, "must be a number")
			}
		}
	}
	if f.Delay, err = durationOf(values, "delay"); err != nil {
		return err
	}
	_, err = s.SetFault(f)
	return err
}

func durationOf(values url.Values, name string) (Duration, error) {
	text := values.Get(name)
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, invalid(name, "must be like 90m or 1.5s")
	}
	return Duration(d), nil
}
