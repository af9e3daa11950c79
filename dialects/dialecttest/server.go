package dialecttest

import (
	"context"
	"io"
	"log"
	"net/http/httptest"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// Build makes the dialects of a world on its empty directory: it stores what
// requests need, such as an administrator and keys, and names it in the Vars.
type Build func(t testing.TB, dir *core.Directory) (dialects.Mux, Vars)

// Server is a gateway of its own for one test: a fresh Env, and dialects on it
// that listen on a port of their own.
type Server struct {
	*Env
	URL   string
	Vars  Vars
	Notes *Notes

	mux    dialects.Mux
	engine Engine
}

// NewServer builds a world on SQLite.
func NewServer(t testing.TB, build Build) *Server {
	t.Helper()
	return NewServerOn(t, SQLite(), build)
}

// NewServerOn builds a world on a store of that engine.
func NewServerOn(t testing.TB, engine Engine, build Build) *Server {
	t.Helper()
	w := &Server{Env: NewEnv(t, engine), Notes: &Notes{}, engine: engine}
	w.mux, w.Vars = build(t, w.Dir)
	Provision(t, w.Dir, w.mux...)
	server := httptest.NewUnstartedServer(Edge(w.mux, w.Notes))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	w.URL = server.URL
	return w
}

// Provision registers those of the dialects that are a [core.Provisioner] or a
// [core.AuthoritySource], and provisions the users that exist already, as the
// program does at its start.
func Provision(t testing.TB, dir *core.Directory, all ...dialects.Dialect) {
	t.Helper()
	for _, d := range all {
		if p, ok := d.(core.Provisioner); ok {
			dir.AddProvisioner(p)
		}
		if a, ok := d.(core.AuthoritySource); ok {
			dir.AddAuthoritySource(a)
		}
	}
	if err := dir.ProvisionExisting(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Target is the world as transcripts see it. Only one engine may rewrite them,
// since the others must answer the same.
func (w *Server) Target() *Target {
	return &Target{
		URL: w.URL, Vars: w.Vars, Advance: w.Clock.Advance,
		Thrice: w.engine.again, Rewrite: w.engine.Name == sqlite,
	}
}

// RunCross plays the transcripts below dir, each in a world of its own, on every
// engine; none given, on [Engines]. The answers are the same bytes on all of them.
func RunCross(t *testing.T, dir string, build Build, engines ...Engine) {
	t.Helper()
	runCross(t, dir, build, nil, engines)
}

// runCross is RunCross. Where the kinds are known whose secrets the store seals, it looks
// for secrets in what SQLite's store keeps afterwards.
func runCross(t *testing.T, dir string, build Build, sealed func() []core.SecretKind, engines []Engine) {
	t.Helper()
	if len(engines) == 0 {
		engines = Engines(t)
	}
	for _, engine := range engines {
		t.Run(engine.Name, func(t *testing.T) {
			if engine.Need != nil {
				engine.Need(t)
			}
			RunFiles(t, dir, func(t testing.TB) *Target {
				w := NewServerOn(t, engine, build)
				target := w.Target()
				if sealed != nil && engine.Name == sqlite {
					target.Kept = func() (string, error) { return w.kept(sealed()) }
				}
				return target
			})
		})
	}
}

// Play sends a script's requests to the world, for a test that a transcript
// cannot be, and returns the last answer. What "# let" keeps is put into Vars.
func (w *Server) Play(t testing.TB, script Script) *Answer {
	t.Helper()
	tr, err := parse(string(script), ".")
	if err != nil {
		t.Fatal(err)
	}
	p := newPlayer(t, w.Target())
	var last *Answer
	for _, ex := range tr.exchanges {
		if last, err = p.play(ex); err != nil {
			t.Fatal(err)
		}
	}
	w.Vars = p.vars
	return last
}
