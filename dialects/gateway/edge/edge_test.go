package edge_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

// echoDialect is the least a dialect can be: it answers by the function and
// refuses with the bare status.
type echoDialect struct {
	name   string
	prefix string
	answer http.HandlerFunc
}

func (d echoDialect) Name() string                                     { return d.name }
func (d echoDialect) Owns(path string) bool                            { return strings.HasPrefix(path, d.prefix) }
func (d echoDialect) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.answer(w, r) }
func (d echoDialect) Refuse(w http.ResponseWriter, _ *http.Request, why dialects.Refusal) {
	w.WriteHeader(why.Status)
	_, _ = io.WriteString(w, d.name+" refuses")
}

type fixture struct {
	*edge.Handler
	log      *bytes.Buffer
	out      *edge.AsyncWriter
	registry *prometheus.Registry
}

func newFixture(t testing.TB, change func(*edge.Config), answer http.HandlerFunc) *fixture {
	t.Helper()
	w := &fixture{log: new(bytes.Buffer), registry: prometheus.NewRegistry()}
	w.out = edge.NewAsyncWriter(w.log)
	cfg := edge.Config{
		Dialects: dialects.Mux{echoDialect{"first", "/first/", answer}, echoDialect{"last", "/", answer}},
		Log:      slog.New(slog.NewJSONHandler(w.out.Buffered(), nil)),
		Metrics:  edge.NewMetrics(w.registry),
	}
	if change != nil {
		change(&cfg)
	}
	w.Handler = edge.New(cfg)
	return w
}

func (w *fixture) do(method, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

// lines closes the log and returns its lines, decoded.
func (w *fixture) lines(t *testing.T) []map[string]any {
	t.Helper()
	_ = w.out.Close()
	var all []map[string]any
	for _, text := range strings.Split(strings.TrimSpace(w.log.String()), "\n") {
		var one map[string]any
		if err := json.Unmarshal([]byte(text), &one); err != nil {
			t.Fatalf("not JSON: %q: %v", text, err)
		}
		all = append(all, one)
	}
	return all
}

func TestEachRequestIsOneLineThatHoldsNothingOfItsQuery(t *testing.T) {
	w := newFixture(t, nil, func(w http.ResponseWriter, r *http.Request) {
		dialects.NoteOperation(w, "users.show")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "12345")
	})
	rec := w.do("GET", "/first/1?api_key=s3cret", "Authorization", "Basic s3cret")
	lines := w.lines(t)
	if len(lines) != 1 {
		t.Fatalf("%d lines", len(lines))
	}
	got := lines[0]
	for field, want := range map[string]any{
		"level": "INFO", "msg": "request", "dialect": "first", "operation": "users.show", "method": "GET",
		"status": 418.0, "bytes": 5.0, "remote": "192.0.2.1:1234", "request_id": rec.Header().Get("X-Request-Id"),
	} {
		if got[field] != want {
			t.Errorf("%s = %v, want %v", field, got[field], want)
		}
	}
	if _, err := time.Parse(time.RFC3339Nano, got["time"].(string)); err != nil {
		t.Error(err)
	}
	if strings.Contains(w.log.String(), "s3cret") {
		t.Errorf("a secret in the log: %s", w.log)
	}
}

func TestFailureIsOneLineWithItsCause(t *testing.T) {
	w := newFixture(t, nil, nil)
	text := slog.New(slog.NewTextHandler(w.out.Buffered(), nil))
	h := edge.New(edge.Config{
		Dialects: dialects.Mux{echoDialect{"last", "/", func(w http.ResponseWriter, _ *http.Request) {
			dialects.NoteError(w, errors.New(`disk "a" is full`))
			w.WriteHeader(http.StatusInternalServerError)
		}}},
		Log: text, Metrics: edge.NewMetrics(prometheus.NewRegistry()),
	})
	r := httptest.NewRequest("GET", "/x", nil)
	r.Header.Set("X-Request-Id", "abc-1")
	h.ServeHTTP(httptest.NewRecorder(), r)
	_ = w.out.Close()
	for _, want := range []string{
		"level=ERROR msg=request dialect=last operation=other method=GET status=500 duration_ms=",
		`bytes=0 request_id=abc-1 remote=192.0.2.1:1234 error="disk \"a\" is full"` + "\n",
	} {
		if !strings.Contains(w.log.String(), want) {
			t.Errorf("%s lacks %s", w.log, want)
		}
	}
}

func TestA500OfTheOriginalIsNotAnError(t *testing.T) {
	w := newFixture(t, nil, func(w http.ResponseWriter, _ *http.Request) {
		dialects.NoteError(w, dialects.ErrAsOriginal)
		w.WriteHeader(http.StatusInternalServerError)
	})
	w.do("GET", "/first/")
	if line := w.lines(t)[0]; line["level"] != "INFO" || line["status"] != 500.0 || line["error"] != nil {
		t.Errorf("%v", line)
	}
}

func TestRequestID(t *testing.T) {
	w := newFixture(t, nil, func(http.ResponseWriter, *http.Request) {})
	for name, c := range map[string]struct {
		given string
		kept  bool
	}{
		"a sane one is kept":        {"9f3a:b-C_d.7", true},
		"one with a newline is not": {"a\nlevel=ERROR", false},
		"one with a quote is not":   {`a"b`, false},
		"an endless one is not":     {strings.Repeat("a", 65), false},
		"an empty one is not":       {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.do("GET", "/", "X-Request-Id", c.given).Header().Get("X-Request-Id")
			if kept := got == c.given; kept != c.kept || got == "" {
				t.Errorf("%q became %q", c.given, got)
			}
		})
	}
	if a, b := w.do("GET", "/").Header().Get("X-Request-Id"), w.do("GET", "/").Header().Get("X-Request-Id"); a == b {
		t.Errorf("two requests are both %s", a)
	}
}

func TestPanicIsTheDialectsOwn500AndItsTextStaysInTheLog(t *testing.T) {
	w := newFixture(t, nil, func(http.ResponseWriter, *http.Request) { panic("inner detail") })
	rec := w.do("GET", "/first/")
	if rec.Code != 500 || rec.Body.String() != "first refuses" {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if line := w.lines(t)[0]; line["level"] != "ERROR" || !strings.Contains(line["error"].(string), "inner detail") {
		t.Errorf("%v", line)
	}
}

func TestPanicAfterTheAnswerBeganCutsTheConnection(t *testing.T) {
	w := newFixture(t, nil, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		panic("too late")
	})
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("recovered %v", v)
		}
		if len(w.lines(t)) != 1 {
			t.Error("no line")
		}
	}()
	w.do("GET", "/")
}

func TestRequestsBeyondTheLimitAreRefusedByTheirDialect(t *testing.T) {
	entered, leave := make(chan bool), make(chan bool)
	w := newFixture(t, func(c *edge.Config) { c.MaxRequests = 1 }, func(http.ResponseWriter, *http.Request) {
		entered <- true
		<-leave
	})
	go w.do("GET", "/")
	<-entered
	if rec := w.do("GET", "/first/"); rec.Code != 503 || rec.Body.String() != "first refuses" {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	leave <- true
}

func TestMetricsTellDialectOperationAndStatus(t *testing.T) {
	w := newFixture(t, nil, func(w http.ResponseWriter, _ *http.Request) {
		dialects.NoteOperation(w, "users.list")
	})
	w.do("GET", "/first/")
	w.do("GET", "/first/")
	rec := httptest.NewRecorder()
	promhttp.HandlerFor(w.registry, promhttp.HandlerOpts{}).ServeHTTP(rec, httptest.NewRequest("GET", "/_dragoman/metrics", nil))
	for _, want := range []string{
		`dragoman_requests_total{dialect="first",operation="users.list",status="200"} 2`,
		`dragoman_request_duration_seconds_count{dialect="first",operation="users.list"} 2`,
		`dragoman_requests_in_flight 0`,
		`dragoman_refused_total{reason="busy"} 0`,
	} {
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%s\nlacks %s", rec.Body, want)
		}
	}
}

func TestForwardedAddressIsBelievedOnlyOfATrustedProxy(t *testing.T) {
	seen := ""
	answer := func(_ http.ResponseWriter, r *http.Request) { seen = r.RemoteAddr }
	near := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	for name, c := range map[string]struct {
		trusted []netip.Prefix
		header  string
		want    string
	}{
		"no proxy is trusted":               {nil, "203.0.113.9", "192.0.2.1:1234"},
		"the peer is trusted":               {near, "203.0.113.9", "203.0.113.9:0"},
		"what the client wrote is not":      {near, "10.0.0.1, 203.0.113.9", "203.0.113.9:0"},
		"two proxies in a row":              {near, "203.0.113.9, 192.0.2.7", "203.0.113.9:0"},
		"a port is cut":                     {near, "203.0.113.9:4711", "203.0.113.9:0"},
		"rubbish leaves the peer":           {near, "unknown", "192.0.2.1:1234"},
		"a zone is cut":                     {near, "fe80::1%x", "[fe80::1]:0"},
		"no header at all leaves the peer":  {near, "", "192.0.2.1:1234"},
		"a trusted name alone is the proxy": {near, "192.0.2.7", "192.0.2.7:0"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t, func(cfg *edge.Config) { cfg.TrustedProxies = c.trusted }, answer)
			w.do("GET", "/", "X-Forwarded-For", c.header)
			if seen != c.want {
				t.Errorf("got %s, want %s", seen, c.want)
			}
		})
	}
}

func TestForwardedSchemeAndHostAreBelievedOnlyOfATrustedProxy(t *testing.T) {
	seen := ""
	answer := func(_ http.ResponseWriter, r *http.Request) {
		seen = r.URL.Scheme + "://" + r.Host
		for name := range r.Header {
			seen += " " + name
		}
	}
	near := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	for name, c := range map[string]struct {
		trusted []netip.Prefix
		target  string
		header  []string
		want    string
	}{
		"no proxy is trusted":    {nil, "/", []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "evil.example", "Forwarded", "for=1.1.1.1"}, "://example.com"},
		"the peer is trusted":    {near, "/", []string{"X-Forwarded-Proto", "HTTPS", "X-Forwarded-Host", "public.example"}, "https://public.example"},
		"the nearest proxy wins": {near, "/", []string{"X-Forwarded-Proto", "http, https", "X-Forwarded-Host", "evil.example, public.example"}, "https://public.example"},
		"other schemes are none": {near, "/", []string{"X-Forwarded-Proto", "ftp"}, "://example.com"},
		"others are not read":    {near, "/", []string{"X-Real-Ip", "1.1.1.1", "X-Original-Url", "/x"}, "://example.com"},
		"RFC 7239 is read alone": {near, "/", []string{"Forwarded", "proto=http;host=a, proto=https;host=x"}, "https://x"},
		"and not beside others":  {near, "/", []string{"Forwarded", "proto=https;host=x", "X-Forwarded-For", "1.1.1.1"}, "://example.com"},
		"not of the target":      {nil, "https://example.com/", nil, "://example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t, func(cfg *edge.Config) { cfg.TrustedProxies = c.trusted }, answer)
			w.do("GET", c.target, c.header...)
			if seen != c.want {
				t.Errorf("got %s, want %s", seen, c.want)
			}
		})
	}
}

func TestALongMethodIsCutInTheLog(t *testing.T) {
	w := newFixture(t, nil, func(http.ResponseWriter, *http.Request) {})
	w.do(strings.Repeat("M", 30<<10), "/")
	if got, _ := w.lines(t)[0]["method"].(string); got != strings.Repeat("M", 32)+"..." {
		t.Errorf("%d bytes of method", len(got))
	}
}
