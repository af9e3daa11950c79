package econtext

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// elapsedOf asks for /api/ping while each look at the clock moves it by step.
func elapsedOf(t *testing.T, step time.Duration) string {
	t.Helper()
	now := coretest.Start
	dir := core.New(core.Config{
		Store: dialecttest.SQLite().Open(t), Hash: coretest.CheapHash,
		Now: func() time.Time { now = now.Add(step); return now },
	})
	w := httptest.NewRecorder()
	New(Config{Directory: dir}).ServeHTTP(w, httptest.NewRequest("GET", "/api/ping", nil))
	_, text, found := strings.Cut(w.Body.String(), `"elapsed": `)
	if !found {
		t.Fatalf("no elapsed in %s", w.Body)
	}
	return strings.TrimRight(text, "}")
}

func TestElapsedIsAPythonFloatOfSeconds(t *testing.T) {
	for name, c := range map[string]struct {
		step time.Duration
		want string
	}{
		"microseconds have an exponent": {71 * time.Microsecond, "7.1e-05"},
		"milliseconds":                  {719 * time.Microsecond, "0.000719"},
		"whole seconds have a point":    {3 * time.Second, "3.0"},
		"none":                          {0, "0.0"},
		"never negative":                {-time.Second, "0.0"},
	} {
		t.Run(name, func(t *testing.T) {
			if have := elapsedOf(t, c.step); have != c.want {
				t.Errorf("elapsed is %s, want %s", have, c.want)
			}
		})
	}
}

func TestHrefBeginsWithTheRequestUnlessConfigured(t *testing.T) {
	env := dialecttest.NewEnv(t, dialecttest.SQLite())
	setup(t, env.Dir)
	for name, c := range map[string]struct{ base, target, want string }{
		"configured, without its slash": {"https://auth.econtext.ai/", "http://here/api", "https://auth.econtext.ai/api/"},
		"host of the request":           {"", "http://here:8080/api", "http://here:8080/api/"},
		"scheme of the request":         {"", "https://here/api", "https://here/api/"},
	} {
		t.Run(name, func(t *testing.T) {
			d := New(Config{Directory: env.Dir, BaseURL: c.base})
			body := ask(d, "admin", adminPassword, "GET", c.target+"/users/user/admin-uid", "").Body.String()
			for _, path := range []string{"users/user/admin-uid", "applications/application/" + DefaultApplicationID} {
				if want := `"href": "` + c.want + path + `"`; !strings.Contains(body, want) {
					t.Errorf("no %s in %s", want, body)
				}
			}
		})
	}
}
