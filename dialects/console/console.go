// Package console shows a gateway to its operators in a browser: the users, each as
// the clients of every dialect see them, the groups and keys, and the requests as they
// come. It is server-rendered and needs nothing from elsewhere.
//
// Whoever may sign in is a member of the group that [Operators] confers authority by.
package console

import (
	"context"
	"embed"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/audit"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/presence"
)

// Prefix is the path that the console answers below.
const Prefix = "/_dragoman/console/"

// Config is what a console needs. Directory is required.
type Config struct {
	Directory *core.Directory
	// Dialects are shown in this order. Those that are a [dialects.UserViewer] show
	// each user as their clients see them.
	Dialects []dialects.Dialect
	// Write allows changes; without it every form is refused.
	Write bool
	// Live is where requests are noted; nil shows none.
	Live *Live
	// Files has the files that belong to records, for exports; nil leaves them out.
	Files archive.Files
	// History returns what the audit says of a user; nil without an audit that can be read.
	History func(core.Realm, int64) (audit.History, error)
	// Measures returns the state of the program; nil shows none.
	Measures func() ([]Measure, error)
	// Processes lists the processes that serve the store; nil if only this one can.
	Processes func(context.Context) ([]presence.Process, error)
	// Moves lists the imports and exports under way; nil shows none.
	Moves func(context.Context) ([]presence.Move, error)
	// BeginMove tells other processes of an import or export; nil tells none.
	BeginMove func(presence.Move) *presence.MoveKeeper
	// Secure reports whether the client came over TLS, whose cookies other requests must
	// not carry; nil looks at the connection alone.
	Secure func(*http.Request) bool
	// Open lets in whoever reaches the console, as into a stand-in for tests, whose secrets
	// are published.
	Open bool
	// Sandboxes are shown besides; nil shows none.
	Sandboxes Sandboxes
	// Vendors are the dialects whose live vendors are asked about logins.
	Vendors []string
	// Log gets what is done by whom; nil drops it.
	Log *slog.Logger
}

// Console is the http.Handler of [Prefix].
type Console struct {
	cfg      Config
	mux      *http.ServeMux
	pages    map[string]*template.Template
	sessions sessions
	trials   trials
	guard    *http.CrossOriginProtection
}

//go:embed pages static
var assets embed.FS

// New returns a console.
func New(cfg Config) *Console {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Secure == nil {
		cfg.Secure = func(r *http.Request) bool { return r.TLS != nil }
	}
	c := &Console{cfg: cfg, mux: http.NewServeMux(), guard: http.NewCrossOriginProtection(), pages: parsePages()}
	c.sessions.open = map[string]*session{}
	c.routes()
	return c
}

func (c *Console) routes() {
	static, err := fs.Sub(assets, "static")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	files := http.StripPrefix(Prefix+"static/", http.FileServerFS(static))
	c.mux.Handle("GET "+Prefix+"static/", files)
	c.mux.HandleFunc("GET "+Prefix+"sign-in", c.showSignIn)
	c.mux.HandleFunc("POST "+Prefix+"sign-in", c.signIn)
	c.mux.HandleFunc("POST "+Prefix+"sign-out", c.signOut)
	for pattern, serve := range map[string]func(*visit) error{
		"GET {$}":                          (*visit).home,
		"GET users":                        (*visit).listUsers,
		"GET users/new":                    (*visit).newUser,
		"POST users/new":                   (*visit).createUser,
		"GET users/{realm}/{id}":           (*visit).showUser,
		"GET users/{realm}/{id}/edit":      (*visit).editUser,
		"POST users/{realm}/{id}/edit":     (*visit).saveUser,
		"POST users/{realm}/{id}/password": (*visit).setPassword,
		"POST users/{realm}/{id}/handle":   (*visit).showHandle,
		"POST users/{realm}/{id}/{action}": (*visit).actOnUser,
		"GET groups":                       (*visit).listGroups,
		"GET groups/{realm}/{kind}/{id}":   (*visit).showGroup,
		"GET keys":                         (*visit).listKeys,
		"GET keys/{dialect}/new":           (*visit).newKey,
		"POST keys/{dialect}/new":          (*visit).makeKey,
		"POST keys/{dialect}/revoke":       (*visit).revokeKey,
		"GET live":                         (*visit).showLive,
		"GET live/events":                  (*visit).followLive,
		"GET live/{id}":                    (*visit).showRequest,
		"GET sandboxes":                    (*visit).listSandboxes,
		"POST sandboxes":                   (*visit).createSandbox,
		"GET sandboxes/{name}":             (*visit).showSandbox,
		"POST sandboxes/{name}/{action}":   (*visit).actOnSandbox,
		"GET move":                         (*visit).showMove,
		"POST move":                        (*visit).tryImport,
		"POST move/export":                 (*visit).export,
		"GET move/{id}":                    (*visit).showTrial,
		"GET move/{id}/{file}":             (*visit).downloadTrial,
		"GET evidence":                     (*visit).evidence,
		"GET ":                             (*visit).notFound,
	} {
		method, path, _ := strings.Cut(pattern, " ")
		c.mux.Handle(method+" "+Prefix+path, c.page(serve))
	}
}

// policy lets a page load what lies beside it, and nothing else.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxForm is the most bytes of a form.
const maxForm = 256 << 10

// ServeHTTP implements http.Handler.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin") // with no-referrer, browsers send a form with Origin: null
	h.Set("Cache-Control", "no-store")
	if strings.HasPrefix(r.URL.Path, Prefix+"static/") {
		h.Set("Cache-Control", "max-age=300")
	}
	if err := c.guard.Check(r); err != nil {
		http.Error(w, "This form came from another site.", http.StatusForbidden)
		return
	}
	most := int64(maxForm)
	if r.URL.Path == Prefix+"move" {
		most = maxUpload
	}
	r.Body = http.MaxBytesReader(w, r.Body, most)
	c.mux.ServeHTTP(w, r)
}

// visit is one request of a signed-in operator.
type visit struct {
	*Console
	w        http.ResponseWriter
	r        *http.Request
	operator *core.User
}

// page serves signed-in operators, and sends others to the sign-in page.
func (c *Console) page(serve func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		operator, err := c.signedIn(r)
		switch {
		case err != nil:
			c.fail(w, r, err)
			return
		case operator == nil:
			c.askToSignIn(w, r)
			return
		}
		v := &visit{Console: c, w: w, r: r, operator: operator}
		if r.Method == http.MethodPost && !c.cfg.Write {
			v.refuse(http.StatusForbidden, "This console is read-only. Start the program with --console=write to change users here.")
			return
		}
		if err := serve(v); err != nil {
			v.failed(err)
		}
	})
}

// redirect leads to a page below the base, so that a reload sends no form again.
func (v *visit) redirect(to string) { http.Redirect(v.w, v.r, baseOf(v.r)+to, http.StatusSeeOther) }

// view runs fn on one consistent state.
func (v *visit) view(fn func(*core.Tx) error) error {
	return v.cfg.Directory.View(v.r.Context(), fn)
}

// update changes the store as the signed-in operator, if they still are one, and logs
// that it did.
func (v *visit) update(what string, fn func(*core.Tx) error) error {
	actor := core.ActingOperator(Name, v.operator)
	if v.cfg.Open {
		actor = core.Operator()
	}
	err := v.cfg.Directory.Update(v.does(what), actor, func(tx *core.Tx) error {
		if !v.cfg.Open {
			if err := confirm(tx, v.operator); err != nil {
				return err
			}
		}
		return fn(tx)
	})
	outcome := "done"
	if err != nil {
		outcome = "refused"
	}
	v.cfg.Log.Info("console", "operation", what, "operator", v.operator.UID, "path", v.r.URL.Path, "outcome", outcome)
	return err
}

// does returns the context of what the operator does, for the audit.
func (v *visit) does(what string) context.Context { return does(v.r, what) }

func does(r *http.Request, what string) context.Context {
	return dialects.WithRequestInfo(r.Context(), dialects.RequestInfo{
		Address: r.RemoteAddr, Dialect: "console", Operation: func() string { return what },
	})
}

// readTimeout bounds how long a page waits for the store.
const readTimeout = 10 * time.Second

// signedIn returns the operator whose session the request carries, or nil. In an open
// console it is a user without a name.
func (c *Console) signedIn(r *http.Request) (operator *core.User, err error) {
	if c.cfg.Open {
		return new(core.User), nil
	}
	s := c.sessions.of(r, c.cfg.Directory.Now())
	if s == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), readTimeout)
	defer cancel()
	err = c.cfg.Directory.View(ctx, func(tx *core.Tx) error {
		operator = nil
		u, err := tx.User(s.user)
		if core.KindOf(err) == core.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		right, err := rightOf(tx, u)
		if s.stillHolds(u, right) {
			operator = u
		}
		return err
	})
	if err == nil && operator == nil {
		c.sessions.end(r) // it stays refused, also once the user may sign in again
	}
	return operator, err
}
