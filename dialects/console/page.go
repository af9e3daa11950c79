package console

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// parsePages reads the pages that the binary has. Each is the layout with its own main part.
func parsePages() map[string]*template.Template {
	names, err := assets.ReadDir("pages")
	if err != nil {
		panic(err) // the folder is embedded
	}
	funcs := template.FuncMap{"time": shownTime, "link": userLink, "escape": url.PathEscape, "took": shownDuration, "split": strings.Fields}
	pages := map[string]*template.Template{}
	for _, f := range names {
		name := strings.TrimSuffix(f.Name(), path.Ext(f.Name()))
		if name == "layout" {
			continue
		}
		pages[name] = template.Must(template.New("layout.html").Funcs(funcs).ParseFS(assets, "pages/layout.html", "pages/"+f.Name()))
	}
	return pages
}

func shownTime(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// userLink is the page of a user, below the base.
func userLink(realm core.Realm, id int64) string {
	return fmt.Sprintf("users/%s/%d", url.PathEscape(string(realm)), id)
}

// baseOf is what the console's links begin with, as the client knows it.
func baseOf(r *http.Request) string { return dialects.PathPrefix(r) + Prefix }

// layout is what the frame of every page shows, around the page's own data.
type layout struct {
	Base     string
	Title    string
	Operator string // user name; "" before the sign-in
	Write    bool
	Live     bool
	Open     bool // without sign-in
	// Sandboxes says that there are some.
	Sandboxes bool
	Page      any
}

// titles are the headings of the pages, as browsers show them in the tab.
func titles() map[string]string {
	return map[string]string{
		"sign-in": "Sign in", "users": "Users", "user": "User", "user-form": "User", "groups": "Groups", "group": "Group",
		"keys": "Keys", "key-form": "Make a key", "key": "New key",
		"sandboxes": "Sandboxes", "sandbox": "Sandbox",
		"move": "Move", "trial": "Dry run",
		"live": "Live requests", "request": "Request", "evidence": "What is spoken", "problem": "Problem",
	}
}

// render writes a page whole, so that an error in a template leaves no half of one.
func (c *Console) render(w http.ResponseWriter, r *http.Request, status int, name string, page any) {
	c.renderFor(w, r, status, name, "", page)
}

func (c *Console) renderFor(w http.ResponseWriter, r *http.Request, status int, name, operator string, page any) {
	var b bytes.Buffer
	l := layout{Base: baseOf(r), Title: titles()[name], Operator: operator, Write: c.cfg.Write, Live: c.cfg.Live != nil,
		Open: c.cfg.Open, Sandboxes: c.cfg.Sandboxes != nil, Page: page}
	if err := c.pages[name].Execute(&b, l); err != nil {
		c.cfg.Log.Error("console", "page", name, "error", err.Error())
		http.Error(w, "The page cannot be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func (v *visit) render(status int, name string, page any) error {
	v.renderFor(v.w, v.r, status, name, v.operator.Username, page)
	return nil
}

// problem is a page that says what is wrong.
type problem struct {
	Text  string
	Retry bool // the page loads itself again
}

func (v *visit) refuse(status int, text string) {
	v.renderFor(v.w, v.r, status, "problem", v.operator.Username, problem{Text: text})
}

func (v *visit) notFound() error {
	v.refuse(http.StatusNotFound, "This page does not exist.")
	return nil
}

// failed answers an error that no form can show.
func (v *visit) failed(err error) {
	switch core.KindOf(err) {
	case core.NotFound:
		v.refuse(http.StatusNotFound, "This user or group does not exist, or it was removed meanwhile.")
	case core.Unauthenticated:
		v.refuse(http.StatusForbidden, "Your session has ended. Sign in again.")
	default:
		v.fail(v.w, v.r, err)
	}
}

// fail answers an error of the store. The page comes back by itself.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, err error) {
	c.cfg.Log.Error("console", "path", r.URL.Path, "error", err.Error())
	status := http.StatusInternalServerError
	if core.KindOf(err) == core.Busy {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Retry-After", "5")
	shown := problem{Text: "The store does not answer. This page tries again every 5 seconds.", Retry: true}
	if r.Method != http.MethodGet {
		shown = problem{Text: "The store does not answer. Go back, and send the form again when it does."}
	}
	c.render(w, r, status, "problem", shown)
}

// faultsOf returns the faults of a refused change by field, in words for a form.
func faultsOf(err error) map[string]string {
	var e *core.Error
	words := map[string]string{}
	if !errors.As(err, &e) {
		return words
	}
	for _, f := range e.Faults {
		words[string(f.Field)] = faultText(f)
	}
	if len(words) > 0 {
		return words
	}
	switch e.Kind {
	case core.Stale:
		words["form"] = "Another change was saved meanwhile. Look at the user again."
	case core.Forbidden:
		words["form"] = "You may not change this user."
	case core.Conflict:
		words["form"] = "The user's current state does not allow this."
	}
	return words
}

func faultText(f core.Fault) string {
	switch f.Rule {
	case core.Required, core.NotNull, core.NotBlank:
		return "must not be empty"
	case core.TooShort:
		return fmt.Sprintf("must have at least %d characters", f.Limit)
	case core.TooLong:
		return fmt.Sprintf("must have at most %d characters", f.Limit)
	case core.Taken:
		return "is taken by another user"
	case core.Unknown, core.NoSuchUser:
		return "is unknown"
	case core.ReadOnly:
		return "cannot be changed"
	}
	return "is not in the right form"
}
