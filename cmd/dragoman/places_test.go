package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ask sends a request with a Host header.
func ask(t *testing.T, method, url, host, body string, header ...string) answer {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return answer{res.StatusCode, res.Header, bodyOf(t, res)}
}

var syncanoKey = []string{"X-API-KEY", "3a6e0c9d1f5b72843a6e0c9d1f5b72843a6e0c91"}

func TestOnAHostOfItsOwnADialectHasEveryPath(t *testing.T) {
	t.Parallel()
	g := startSeeded(t, "--host", "API.syncano.io=syncano", "--host", "auth.econtext.ai=econtext", "--host", "panel.example.com=onapp")
	for _, c := range []struct {
		host, path string
		status     int
		want       string
	}{
		{"api.syncano.io", "/v1.1/instances/main/users/", 200, `"/v1.1/instances/main/users/1/"`},
		{"api.syncano.io:443", "/users.json", 404, "<h1>Not Found</h1>"},
		{"api.syncano.io.", "/_dragoman/metrics", 404, "<h1>Not Found</h1>"},
		{"auth.econtext.ai", "/api/users", 200, `"http://auth.econtext.ai/api/users/user/`},
		{"auth.econtext.ai", "/users.json", 404, ""},
		{"panel.example.com", "/users.json", 200, `"login":"admin"`},
		{"panel.example.com", "/api/users", 404, ""},
		{"other.example.com", "/api/users", 200, `"http://other.example.com/api/users/user/`},
		{"other.example.com", "/_dragoman/health", 200, "ok"},
	} {
		header := admin
		if strings.HasPrefix(c.path, "/v1.1") {
			header = syncanoKey
		}
		got := ask(t, "GET", g.base+c.path, c.host, "", header...)
		if got.status != c.status || !strings.Contains(got.body, c.want) {
			t.Errorf("%s%s: %d %s", c.host, c.path, got.status, got.body)
		}
	}
}

// TestLinksOfAMountBeginWithIt follows links, through mounts and behind a proxy that
// removes a path of its own.
func TestLinksOfAMountBeginWithIt(t *testing.T) {
	t.Parallel()
	g := startSeeded(t, "--mount", "onapp=/panel", "--mount", "syncano=/old/syncano", "--mount", "econtext=/auth", "--mount", "scim=/idp",
		"--trusted-proxies", "127.0.0.0/8")
	for _, proxied := range []string{"", "/behind"} {
		forwarded := []string{"X-Forwarded-Prefix", proxied, "X-Forwarded-Host", "gateway.example", "X-Forwarded-Proto", "https"}
		get := func(path string, header []string) answer {
			return send(t, "GET", g.base+path, "", append(append([]string{}, header...), forwarded...)...)
		}
		name := "mount" + strings.TrimPrefix(proxied, "/")
		made := send(t, "POST", g.base+"/panel/users.json", `{"user":{"login":"`+name+`","email":"`+name+`@example.com","password":"Passw0rd!x","first_name":"a","last_name":"b"}}`,
			append(append([]string{"Content-Type", "application/json"}, admin...), forwarded...)...)
		if want := "https://gateway.example" + proxied + "/panel/users/"; made.status != 201 || !strings.HasPrefix(made.header.Get("Location"), want) {
			t.Errorf("%d %s, want a Location at %s", made.status, made.header.Get("Location"), want)
		}
		if got := get("/auth/api/users", admin); !strings.Contains(got.body, `"https://gateway.example`+proxied+`/auth/api/users/user/`) {
			t.Errorf("eContext: %s", got.body)
		}
		if got := get("/old/syncano/v1.1/", syncanoKey); !strings.Contains(got.body, `"`+proxied+`/old/syncano/v1.1/instances/"`) {
			t.Errorf("Syncano: %s", got.body)
		}
		var page struct {
			Next    string
			Objects []struct{ Links struct{ Self string } }
		}
		first := get("/old/syncano/v1.1/instances/main/users/?page_size=1", syncanoKey)
		if err := json.Unmarshal([]byte(first.body), &page); err != nil || len(page.Objects) != 1 {
			t.Fatalf("%v: %s", err, first.body)
		}
		for _, link := range []string{page.Next, page.Objects[0].Links.Self} {
			path, ok := strings.CutPrefix(link, proxied+"/old/syncano/")
			if got := get("/old/syncano/"+path, syncanoKey); !ok || got.status != 200 {
				t.Errorf("%q leads to %d %s", link, got.status, got.body)
			}
		}
		batch := send(t, "POST", g.base+"/old/syncano/v1.1/instances/main/batch/", `{"requests":[{"method":"GET","path":"`+page.Objects[0].Links.Self+`"},{"method":"GET","path":"/v1.1/instances/main/users/1/"}]}`,
			append(append([]string{"Content-Type", "application/json"}, syncanoKey...), forwarded...)...)
		if strings.Count(batch.body, `"code":200`) != 2 || strings.Count(batch.body, `"self":"`+proxied+`/old/syncano/v1.1/instances/main/users/1/"`) != 2 {
			t.Errorf("batch: %s", batch.body)
		}
	}
	if got := g.do(t, "GET", "/v1.1/instances/main/users/", "", syncanoKey...); !strings.Contains(got.body, `"self":"/v1.1/instances/main/users/1/"`) {
		t.Errorf("not mounted: %s", got.body)
	}
	if got := g.do(t, "GET", "/panels/users.json", "", admin...); got.status != 404 {
		t.Errorf("a path that only begins like a mount: %d %s", got.status, got.body)
	}
}

func TestForwardedIsUsedFromATrustedProxy(t *testing.T) {
	t.Parallel()
	g := startSeeded(t, "--trusted-proxies", "127.0.0.0/8")
	for header, want := range map[string]string{
		`for=192.0.2.1;proto=https;host=a.example`:                                                 `"https://a.example/api/`,
		`for=10.0.0.1;host=evil.example, For="[2001:db8::1]:80";Proto=HTTPS;Host="b.example:8443"`: `"https://b.example:8443/api/`,
	} {
		if got := ask(t, "GET", g.base+"/api/users", "x.example", "", append([]string{"Forwarded", header}, admin...)...); !strings.Contains(got.body, want) {
			t.Errorf("%s: %s", header, got.body)
		}
	}
	got := ask(t, "GET", g.base+"/api/users", "x.example", "", append([]string{"Forwarded", "host=evil.example", "X-Forwarded-For", "192.0.2.1"}, admin...)...)
	if strings.Contains(got.body, "evil") {
		t.Errorf("a client's header is believed beside the proxy's own: %s", got.body)
	}
	for _, prefix := range []string{"//evil.example", "/a//b", "/..", "/a?b", `/"`, "evil"} {
		got := g.do(t, "GET", "/v1.1/instances/main/users/", "", append([]string{"X-Forwarded-Prefix", prefix}, syncanoKey...)...)
		if !strings.Contains(got.body, `"self":"/v1.1/`) {
			t.Errorf("%s: %s", prefix, got.body)
		}
	}
}

func TestBadHostsAndMountsNameTheFlagAndWriteNothing(t *testing.T) {
	t.Parallel()
	cert, key := certificatePair(t, "api.syncano.io")
	for claim, c := range map[string]struct {
		flags []string
		want  string
	}{
		"two dialects on one name":   {[]string{"--host", "a.example=onapp", "--host", "A.example=syncano"}, "--host A.example=syncano"},
		"a dialect that is not one":  {[]string{"--host", "a.example=django"}, "django"},
		"a host without a dialect":   {[]string{"--host", "a.example"}, "--host a.example"},
		"a mount within another":     {[]string{"--mount", "onapp=/a", "--mount", "syncano=/a/b"}, "--mount onapp=/a;"},
		"a mount around another":     {[]string{"--mount", "onapp=/a/b", "--mount", "syncano=/a"}, "--mount onapp=/a/b;"},
		"a mount of a dialect's":     {[]string{"--mount", "onapp=/api"}, "econtext"},
		"a mount within a dialect's": {[]string{"--mount", "econtext=/v1/auth"}, "syncano"},
		"a mount of the gateway's":   {[]string{"--mount", "onapp=/_dragoman/x"}, "/_dragoman/"},
		"a mount of everything":      {[]string{"--mount", "onapp=/"}, "--mount onapp=/"},
		"a mount with a slash":       {[]string{"--mount", "onapp=/a/"}, "--mount onapp=/a/"},
		"a host without certificate": {[]string{"--host", "b.example=onapp", "--tls-cert", cert, "--tls-key", key}, "--host b.example: no certificate"},
	} {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			dsn := dbIn(t)
			refused(t, exitUsage, c.want, append([]string{"--listen", "127.0.0.1:0", "--store", dsn}, c.flags...)...)
			if entries, err := os.ReadDir(filepath.Dir(strings.TrimPrefix(dsn, "sqlite:"))); err != nil || len(entries) > 0 {
				t.Errorf("wrote %v: %v", entries, err)
			}
		})
	}
}
