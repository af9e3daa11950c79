package syncano

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/nginx"
	"github.com/dragoman-gateway/dragoman/dialects/internal/turns"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/hook"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/upload"
)

// Name is the dialect's word in configuration, facets, metrics and test data.
const Name = "syncano"

// Config is what a Dialect is made of. Directory is required; the zero value of
// everything else is the recommended setting.
type Config struct {
	Directory *core.Directory
	// Realms binds names of instances to realms that other dialects speak for
	// too. Deleting such an instance removes Syncano's own data and leaves the
	// people. nil binds the instance "main" to [core.MainRealm].
	Realms map[string]core.Realm
	// FilesDir is where uploaded files are kept; "" refuses uploads.
	FilesDir string
	// PublicURL, such as "https://api.example.com", starts the links to files;
	// "" takes the scheme and host of the request.
	PublicURL string
	// MaxBody is the largest request body in bytes, without the files in it; 0 is 15 MiB.
	MaxBody int64
	// MaxFiles is how much the files of one body may hold together, in bytes; 0 is 128 MiB.
	MaxFiles int64
	// Body bounds what one body may hold.
	Body wire.Limits
	// Throttle limits requests a second; its zero value limits nothing.
	Throttle Throttle
	// Limiters bound the requests of the realm and of each caller; zero allows all.
	Limiters dialects.Limiters
	// DottedNotFound writes plain 404s as "Not found.", as the last public
	// version did, instead of the documented "Not found".
	DottedNotFound bool
	// OpenRegistration lets anybody make an account.
	OpenRegistration bool
	// SocialHook and PasswordHook are the URLs that logins with a provider's token, and
	// resets of an account's password, are taken to; see README.md, "Hooks". "" refuses both.
	SocialHook, PasswordHook string
	// Log gets what fails after a request was answered; nil discards it.
	Log *slog.Logger
	// SocialAuthority lets SocialHook log in to accounts, and users who hold rights.
	SocialAuthority bool
	// QueryTime is how long a list may scan for what no index finds before it is
	// refused with 408; 0 is two seconds, as in the original.
	QueryTime time.Duration
	// MaxInstances is how many instances an account may own; 0 is 16, negative no limit.
	MaxInstances int
	// MaxClasses is how many classes an instance may have; 0 is 100, negative no limit.
	MaxClasses int
	// MaxUsers is how many users an instance may have to be given one more, and
	// MaxObjects how many objects a class may; 0 is a million, negative no limit.
	MaxUsers, MaxObjects int
	// MaxGroups is how many groups an instance may have; below 0: no limit.
	MaxGroups int
	// MaxFileBytes is how many bytes of files an instance may have; 0 is 10 GiB,
	// negative no limit.
	MaxFileBytes int64
}

// Dialect answers for Syncano's API. It is safe for concurrent use.
type Dialect struct {
	cfg      Config
	dir      *core.Directory
	router   func() *echo.Echo
	throttle *throttle
	files    upload.Folder
	turns    *turns.Turns // of the chunks of long scans; see inTurn
	// The hooks are nil if there are none.
	socialHook, passwordHook *hook.Hook
	resets                   *turns.Places // of the resets of a password that are under way
}

// New makes the dialect, and removes the uploads that a killed process left half done.
// It owns nothing that needs closing.
func New(cfg Config) *Dialect {
	cfg = cfg.withDefaults()
	d := &Dialect{cfg: cfg, dir: cfg.Directory, router: sharedRouter, turns: turns.New(), resets: turns.NewPlaces(maxResets)}
	d.throttle = newThrottle(cfg.Throttle, d.dir.Now)
	d.files = upload.Folder{Dir: cfg.FilesDir}
	d.files.SweepSpooled(time.Now())
	if cfg.SocialHook != "" {
		d.socialHook = hook.New(cfg.SocialHook)
	}
	if cfg.PasswordHook != "" {
		d.passwordHook = hook.New(cfg.PasswordHook)
	}
	return d
}

func (cfg Config) withDefaults() Config {
	if cfg.Realms == nil {
		cfg.Realms = map[string]core.Realm{"main": core.MainRealm}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.MaxBody <= 0 {
		cfg.MaxBody = 15 << 20
	}
	if cfg.MaxFiles <= 0 {
		cfg.MaxFiles = 128 << 20
	}
	if cfg.QueryTime <= 0 {
		cfg.QueryTime = 2 * time.Second
	}
	if cfg.MaxInstances == 0 {
		cfg.MaxInstances = 16
	}
	if cfg.MaxClasses == 0 {
		cfg.MaxClasses = 100
	}
	cfg.MaxUsers = cmp.Or(cfg.MaxUsers, 1_000_000)
	cfg.MaxGroups = cmp.Or(cfg.MaxGroups, 10_000)
	cfg.MaxObjects = cmp.Or(cfg.MaxObjects, 1_000_000)
	cfg.MaxFileBytes = cmp.Or(cfg.MaxFileBytes, 10<<30)
	return cfg
}

// Name implements [dialects.Dialect].
func (d *Dialect) Name() string { return Name }

// Owns implements [dialects.Dialect]: "/" and everything below a version, known or not.
func (d *Dialect) Owns(path string) bool {
	path, _ = nginx.CleanPath(path)
	return path == "/" || isVersion(path)
}

// ServeHTTP implements [http.Handler].
func (d *Dialect) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if crossOrigin(w.Header(), r) {
		dialects.NoteOperation(w, "preflight")
		return
	}
	d.route(w, routableMethod(routablePath(r)))
}

// routablePath returns r with its path decoded and cleaned, as the web server before the original did it. r itself
// is not changed.
func routablePath(r *http.Request) *http.Request {
	path, _ := nginx.CleanPath(r.URL.Path)
	if path == r.URL.Path && r.URL.RawPath == "" {
		return r
	}
	target := *r.URL
	target.Path, target.RawPath = path, ""
	clean := *r
	clean.URL = &target
	return &clean
}
