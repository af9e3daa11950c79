package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Sandboxes are the populations of a stand-in for tests.
type Sandboxes interface {
	// All lists them by name.
	All() []Sandbox
	// Do performs an action on the sandbox of that name, with what a form has. It fails
	// with a [*FieldError] for values that cannot be.
	Do(ctx context.Context, name, action string, values url.Values) error
}

// The actions of [Sandboxes].
const (
	SandboxCreate   = "create"   // name; from: a sandbox, "empty", or "" for the development seed
	SandboxDrop     = "drop"     //
	SandboxReset    = "reset"    // snapshot: "" for the start
	SandboxSnapshot = "snapshot" // snapshot: its name
	SandboxClock    = "clock"    // set: a time; advance: a duration; frozen: "yes", "no" or "" to leave it
	SandboxFault    = "fault"    // dialect, operation, user, status, delay, first, cut: "yes"
	SandboxHeal     = "heal"     // fault: its ID, or "" for all
)

// Sandbox is one of them.
type Sandbox struct {
	Name string
	// URL is where its clients go, and Console the path of its console.
	URL, Console string
	Now          time.Time
	Frozen       bool
	Snapshots    []string
	Faults       []Fault
	Calls        int64
	// Operations are the names of what can go wrong.
	Operations []string
}

// Fault is something that goes wrong in a sandbox.
type Fault struct {
	ID, Text       string
	Seen, Happened int
}

// FieldError is a value of a form that cannot be.
type FieldError struct{ Field, Text string }

// Error implements error.
func (e *FieldError) Error() string { return e.Field + ": " + e.Text }

// sandboxesPage is what the list of sandboxes shows, and the form for a new one.
type sandboxesPage struct {
	All     []Sandbox
	Done    string
	Typed   url.Values
	Problem map[string]string
}

// sandboxPage is what the page of one sandbox shows. Its forms have what was typed.
type sandboxPage struct {
	Sandbox
	Dialects []string
	Done     string
	Typed    url.Values
	Problem  map[string]string
}

func (v *visit) listSandboxes() error {
	if v.cfg.Sandboxes == nil {
		return v.notFound()
	}
	return v.sandboxesPage(http.StatusOK, nil, nil)
}

func (v *visit) sandboxesPage(status int, typed url.Values, wrong map[string]string) error {
	p := sandboxesPage{All: v.cfg.Sandboxes.All(), Done: sandboxDone(v.r.URL.Query().Get("done")), Typed: typed, Problem: wrong}
	return v.render(status, "sandboxes", p)
}

func (v *visit) showSandbox() error {
	if v.cfg.Sandboxes == nil {
		return v.notFound()
	}
	return v.sandboxPage(http.StatusOK, nil, nil)
}

func (v *visit) sandboxPage(status int, typed url.Values, wrong map[string]string) error {
	name := v.r.PathValue("name")
	all := v.cfg.Sandboxes.All()
	i := slices.IndexFunc(all, func(s Sandbox) bool { return s.Name == name })
	if i < 0 {
		v.refuse(http.StatusNotFound, "This sandbox does not exist, or it was dropped.")
		return nil
	}
	p := sandboxPage{Sandbox: all[i], Dialects: v.dialectNames(), Done: sandboxDone(v.r.URL.Query().Get("done")), Typed: typed, Problem: wrong}
	return v.render(status, "sandbox", p)
}

// sandboxDone is what a page says after an action.
func sandboxDone(action string) string {
	return map[string]string{
		SandboxCreate: "The sandbox was created.", SandboxDrop: "The sandbox was dropped.", SandboxReset: "The sandbox was reset.",
		SandboxSnapshot: "The snapshot was taken.", SandboxClock: "The clock was changed.", SandboxFault: "The fault is set.",
		SandboxHeal: "The fault was ended.",
	}[action]
}

func (v *visit) createSandbox() error {
	if v.cfg.Sandboxes == nil {
		return v.notFound()
	}
	name := v.r.PostFormValue("name")
	err := v.cfg.Sandboxes.Do(v.r.Context(), name, SandboxCreate, v.r.PostForm)
	if wrong := new(FieldError); errors.As(err, &wrong) {
		return v.sandboxesPage(http.StatusUnprocessableEntity, v.r.PostForm, map[string]string{wrong.Field: wrong.Text})
	}
	if err == nil {
		v.redirect("sandboxes?done=" + SandboxCreate)
	}
	return err
}

// actOnSandbox performs the action in the request's path.
func (v *visit) actOnSandbox() error {
	if v.cfg.Sandboxes == nil {
		return v.notFound()
	}
	name, action := v.r.PathValue("name"), v.r.PathValue("action")
	if action == SandboxCreate || sandboxDone(action) == "" {
		return v.notFound()
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	err := v.cfg.Sandboxes.Do(v.r.Context(), name, action, v.r.PostForm)
	wrong := new(FieldError)
	switch {
	case errors.As(err, &wrong):
		return v.sandboxPage(http.StatusUnprocessableEntity, v.r.PostForm, map[string]string{wrong.Field: wrong.Text})
	case err != nil:
		return err
	case action == SandboxDrop:
		v.redirect("sandboxes?done=" + action)
	default:
		v.redirect("sandboxes/" + url.PathEscape(name) + "?done=" + action)
	}
	return nil
}
