package gateway

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

const benchSeed = `users:
  - {username: admin, email: admin@example.com, password: changeme1}
  - {username: ann, email: ann@example.com, password: changeme2}
syncano:
  accounts: [{email: admin@example.com, account_key: 0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70}]
  instances:
    - name: main
      owner: admin@example.com
      api_keys: [{key: 3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c91, ignore_acl: true}]
econtext: {members: [admin]}
scim: {tokens: [{name: idp, token: 6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e}]}
onapp: {administrators: [{username: admin}]}
`

// benchGateway opens a gateway in memory with the seed.
func benchGateway(b *testing.B, trust bool) http.Handler {
	b.Helper()
	d, err := NewDefaults("--hash-memory=8KiB", "--hash-time=1", "--credential-ttl=1h")
	if err != nil {
		b.Fatal(err)
	}
	g, err := Open(b.Context(), Config{DSN: "sqlite::memory:", Rows: d.Rows, Limits: d.Limits, Passwords: d.Passwords, TrustDialects: trust})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = g.Close() })
	seed, err := ParseSeed("seed.yaml", []byte(benchSeed), d.Rows)
	if err == nil {
		err = g.ApplySeed(b.Context(), seed)
	}
	if err == nil {
		err = g.ProvisionExisting(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	return g.Handler()
}

// BenchmarkAuthority compares a warm GET by a known caller with the rules of authority
// and with --trust shared, in short rounds by turns. rules/shared is the ratio of the
// medians of their times.
func BenchmarkAuthority(b *testing.B) {
	rules, shared := benchGateway(b, false), benchGateway(b, true)
	for _, c := range []struct{ name, path, header, value string }{
		{"eContext", "/api/users", "Authorization", "Basic YWRtaW46Y2hhbmdlbWUx"},
		{"OnApp", "/users/2.json", "Authorization", "Basic YWRtaW46Y2hhbmdlbWUx"},
		{"Syncano", "/v1.1/instances/main/users/2/", "X-API-KEY", "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c91"},
		{"SCIM", "/scim/v2/Users?filter=userName+eq+ann", "Authorization", "Bearer 6b1f0d2c9a8e7f4b5c3d6b1f0d2c9a8e"},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := httptest.NewRequest("GET", c.path, nil)
			r.Header.Set(c.header, c.value)
			var took [2][]float64
			for b.Loop() {
				for i, h := range []http.Handler{rules, shared} {
					took[i] = append(took[i], round(b, h, r))
				}
			}
			for _, times := range took {
				slices.Sort(times)
			}
			b.ReportMetric(took[0][len(took[0])/2]/took[1][len(took[1])/2], "rules/shared")
		})
	}
}

// round returns the seconds that some requests take.
func round(b *testing.B, h http.Handler, r *http.Request) float64 {
	begun := time.Now()
	for range 20 {
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusOK {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	return time.Since(begun).Seconds()
}
