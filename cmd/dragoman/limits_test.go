package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestOversizedBodyIsRefusedByEachDialect(t *testing.T) {
	g := startSeeded(t, "--max-body", "1KiB")
	big := `{"name": "` + strings.Repeat("x", 4096) + `"}`
	json := []string{"Content-Type", "application/json"}
	for path, header := range map[string][]string{
		"/v1.1/instances/main/users/": append([]string{"X-API-KEY", seedAPIKey}, json...),
		"/api/users/user":             append(append([]string{}, admin...), json...),
		"/users.json":                 append(append([]string{}, admin...), json...),
	} {
		if got := g.do(t, "POST", path, big, header...); got.status < 400 || got.status >= 600 || strings.Contains(got.body, "xxxx") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
		if got := g.do(t, "GET", "/users.json", "", admin...); strings.Contains(got.body, "xxxx") {
			t.Errorf("%s: half a user was written", path)
		}
	}
}

// raw sends text and returns all that comes back until the gateway hangs up.
func raw(t *testing.T, g *gatewayRun, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	got, err := io.ReadAll(conn)
	if err != nil && len(got) == 0 {
		t.Fatal(err)
	}
	return string(got)
}

func TestOversizedHeaderIsRefused(t *testing.T) {
	g := startSeeded(t, "--max-header", "4KiB")
	got := raw(t, g, "GET /users.json HTTP/1.1\r\nHost: x\r\nX-Long: "+strings.Repeat("x", 16<<10)+"\r\n\r\n")
	if !strings.HasPrefix(got, "HTTP/1.1 431 ") {
		t.Errorf("%q", got)
	}
}

func TestSlowHeaderLosesItsConnection(t *testing.T) {
	g := startSeeded(t, "--header-timeout", "100ms")
	begin := time.Now()
	raw(t, g, "GET /users.json HTTP/1.1\r\nHost: x\r\n")
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("kept for %v", took)
	}
}

func TestBodyThatNeverEndsIsRefusedByItsDialectWhileOthersAreServed(t *testing.T) {
	t.Parallel()
	g := startSeeded(t, "--read-timeout", "2s")
	type reply struct{ path, form, got string }
	replies := make(chan reply)
	forms := map[string]string{
		"/v1.1/instances/main/users/": `{"detail":`, "/api/users/user": `{"econtext": {`, "/users.json": `{"status":"408",`, "/users.xml": "<status>408",
	}
	for path, form := range forms {
		go func() {
			replies <- reply{path, form, raw(t, g, "POST "+path+" HTTP/1.1\r\nHost: x\r\nAuthorization: "+admin[1]+"\r\nX-API-KEY: "+seedAPIKey+
				"\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")}
		}()
		if got := g.do(t, "GET", "/users.json", "", admin...); got.status != 200 {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	for range forms {
		if r := <-replies; !strings.HasPrefix(r.got, "HTTP/1.1 408 ") || !strings.Contains(r.got, r.form) {
			t.Errorf("%s: half a body is %q", r.path, r.got)
		}
	}
}

// The client is gone, which is not a failure of the gateway.
func TestBodyThatIsCutOffIsNoErrorInTheLog(t *testing.T) {
	g := startSeeded(t)
	for _, path := range []string{"/v1.1/instances/main/users/", "/api/users/user", "/users.json"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(g.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nX-API-KEY: %s\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
			path, admin[1], seedAPIKey)
		_ = conn.Close()
	}
	for range 1000 {
		if strings.Count(g.log.String(), "msg=request") == 3 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if log := g.log.String(); strings.Contains(log, "level=ERROR") || strings.Count(log, "status=400") != 3 {
		t.Error(log)
	}
}

func TestClientThatDoesNotReadLosesItsConnection(t *testing.T) {
	g := startSeeded(t, "--write-timeout", "200ms", "--read-timeout", "200ms")
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetWriteDeadline(time.Now().Add(20 * time.Second))
	request := "GET /users.json HTTP/1.1\r\nHost: x\r\nAuthorization: " + admin[1] + "\r\n\r\n"
	for i := 0; ; i++ {
		if _, err := io.WriteString(conn, request); err != nil {
			if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
				t.Error("the gateway kept a connection that takes no answers")
			}
			return
		}
		if i > 1_000_000 {
			t.Fatal("the gateway accepted a million requests without a read response")
		}
	}
}

// A client that reads a list for longer than the timeouts is not cut off.
func TestSlowReaderOfALongListGetsAllOfIt(t *testing.T) {
	t.Parallel()
	const users = 5000
	head, tail, _ := strings.Cut(devSeed, "syncano:\n")
	var seed strings.Builder
	seed.WriteString(head)
	for i := range users {
		fmt.Fprintf(&seed, "  - {username: reader%d}\n", i)
	}
	seed.WriteString("syncano:\n" + tail)
	g := start(t, "--store", dbIn(t), "--seed", writeFile(t, "seed.yaml", seed.String()), "--read-timeout", "2s", "--write-timeout", "2s")
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(128 << 10); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /users.xml HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: %s\r\n\r\n", admin[1])
	begin, size, last := time.Now(), 0, ""
	for buf := make([]byte, 128<<10); ; time.Sleep(80 * time.Millisecond) {
		n, err := io.ReadFull(conn, buf)
		size += n
		last = string(buf[max(0, n-100):n])
		if err != nil {
			break
		}
	}
	t.Logf("%d bytes in %v", size, time.Since(begin))
	if !strings.Contains(last, "</users>") {
		t.Errorf("%d bytes in %v, cut off at %q", size, time.Since(begin), last)
	}
	if time.Since(begin) < 4*time.Second {
		t.Errorf("the reader was not slow: %v", time.Since(begin))
	}
}

func TestRequestsBeyondTheLimitAreRefusedInTheirDialectsForm(t *testing.T) {
	g := startSeeded(t, "--max-requests", "1")
	halfRequest(t, g.base)
	for path, want := range map[string]string{
		"/v1.1/instances/main/users/": `{"detail":`,
		"/api/users":                  `{"econtext": {`,
		"/users.json":                 `{"status":"503",`,
		"/users.xml":                  `<status>503</status>`,
	} {
		got := g.do(t, "GET", path, "")
		if got.status != 503 || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, want) {
			t.Errorf("%s: %d, Retry-After %q: %s", path, got.status, got.header.Get("Retry-After"), got.body)
		}
	}
	if got := g.do(t, "GET", "/_dragoman/health", ""); got.status != 200 {
		t.Errorf("a full gateway is not healthy: %d", got.status)
	}
}

func TestRateOfARealmIsLimitedAndToldWhenToComeAgain(t *testing.T) {
	for path, header := range map[string][]string{
		"/v1.1/instances/main/users/": {"X-API-KEY", seedAPIKey},
		"/api/users":                  admin,
		"/users.json":                 admin,
	} {
		g := startSeeded(t, "--rate-limit", "0.01", "--rate-burst", "3")
		for range 3 {
			if got := g.do(t, "GET", path, "", header...); got.status != 200 {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
		if got := g.do(t, "GET", path, "", header...); got.status != 429 || got.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d, Retry-After %q: %s", path, got.status, got.header.Get("Retry-After"), got.body)
		}
	}
}

func TestStrangersDoNotUseUpTheRateOfARealm(t *testing.T) {
	stranger := []string{"Authorization", basic("ghost:wrong"), "X-API-KEY", strings.Repeat("1", 40)}
	for path, header := range map[string][]string{
		"/v1.1/instances/main/users/": {"X-API-KEY", seedAPIKey},
		"/api/users":                  admin,
		"/users.json":                 admin,
	} {
		g := startSeeded(t, "--rate-limit", "0.01", "--rate-burst", "1")
		for range 3 {
			for _, given := range [][]string{nil, stranger} {
				if got := g.do(t, "GET", path, "", given...); got.status != 401 && got.status != 403 {
					t.Errorf("%s: a stranger gets %d", path, got.status)
				}
			}
		}
		if got := g.do(t, "GET", path, "", header...); got.status != 200 {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestFloodOfLoginsIsRefusedWithRetryAfterAndReadsGoOn(t *testing.T) {
	seed := writeFile(t, "seed.yaml", devSeed)
	g := start(t, "--store", dbIn(t), "--seed", seed, "--hash-queue", "1", "--hash-workers", "1", "--hash-memory", "19MiB", "--hash-time", "1")
	if got := g.do(t, "GET", "/users.json", "", admin...); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	const logins = 20
	answers := make(chan answer, logins)
	for i := range logins {
		go func() {
			answers <- g.do(t, "GET", "/users.json", "", "Authorization", basic(fmt.Sprintf("admin%d:wrong", i)))
		}()
	}
	begin := time.Now()
	if got := g.do(t, "GET", "/users/1.json", "", admin...); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
	t.Logf("a read took %v meanwhile", time.Since(begin))
	busy := 0
	for range logins {
		got := <-answers
		if got.status == http.StatusServiceUnavailable {
			busy++
			if got.header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		} else if got.status != http.StatusUnauthorized {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	if busy == 0 {
		t.Error("no login was refused")
	}
}

// from returns a client whose connections come from another address of this machine.
func from(t *testing.T, address string) *net.Dialer {
	t.Helper()
	d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}, Timeout: 20 * time.Second}
	probe, err := net.ListenTCP("tcp", d.LocalAddr.(*net.TCPAddr))
	if err != nil {
		t.Skipf("skipped: this test needs the loopback address %s: %v", address, err)
	}
	_ = probe.Close()
	return d
}

// One address holds all the connections and requests that it may, and asks for more.
func TestAFloodFromOneAddressLeavesHealthAndOthersAnswered(t *testing.T) {
	flood := from(t, "127.0.0.2")
	g := startSeeded(t, "--max-connections", "16", "--max-client-connections", "8", "--max-requests", "8", "--max-client-requests", "4")
	address := strings.TrimPrefix(g.base, "http://")
	for i := range 40 {
		conn, err := flood.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if i%2 == 0 { // half a request; the others stay silent
			fmt.Fprintf(conn, "POST /v1.1/instances/main/users/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
		}
	}
	for path, header := range map[string][]string{"/_dragoman/health": nil, "/_dragoman/ready": nil, "/users.json": admin} {
		if got := g.do(t, "GET", path, "", header...); got.status != 200 {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

// Half a request from each of many addresses: together they may hold more requests than
// the gateway has.
func TestSlowBodiesFromManyAddressesLeaveOthersAnswered(t *testing.T) {
	g := startSeeded(t, "--max-requests", "8", "--max-client-requests", "4")
	address := strings.TrimPrefix(g.base, "http://")
	for i := range 4 {
		flood := from(t, fmt.Sprintf("127.0.0.%d", i+2))
		for range 4 {
			conn, err := flood.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprintf(conn, "POST /v1.1/instances/main/users/ HTTP/1.1\r\nHost: x\r\nX-API-KEY: %s\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n", seedAPIKey)
			// The gateway asks for the body when it begins to wait for it. Until then a
			// request counts as one that works, and the next may be refused.
			if line, err := bufio.NewReader(conn).ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
				t.Fatalf("half a request is answered with %q, %v", line, err)
			}
			fmt.Fprint(conn, "{")
		}
	}
	awaitMetric(t, g.base, "dragoman_requests_in_flight", 16)
	json := append([]string{"Content-Type", "application/json"}, admin...)
	for range 3 {
		if got := g.do(t, "GET", "/users.json", "", admin...); got.status != 200 {
			t.Errorf("a read: %d %s", got.status, got.body)
		}
		if got := g.do(t, "PUT", "/users/1.json", `{"user":{"first_name":"Calm"}}`, json...); got.status != 204 {
			t.Errorf("a write: %d %s", got.status, got.body)
		}
	}
}

// A browser adds the password that it keeps to whatever any page asks for.
func TestChangesForPagesOfOtherSitesAreRefused(t *testing.T) {
	g := startSeeded(t)
	for i, c := range []struct {
		header []string
		allow  bool
	}{
		{[]string{"Origin", "https://evil.example"}, false},
		{[]string{"Origin", "null"}, false},
		{[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, false},
		{[]string{"Sec-Fetch-Site", "cross-site"}, false},
		{[]string{"Referer", "http://evil.example/page"}, false},
		{[]string{"Referer", g.base + "/page"}, true},
		{[]string{"Origin", g.base}, true},
		{[]string{"Sec-Fetch-Site", "same-origin"}, true},
		{[]string{"Sec-Fetch-Site", "none"}, true},
		{nil, true},
	} {
		for _, r := range []struct{ method, path, kind, body string }{
			{"POST", "/users.json", "application/x-www-form-urlencoded", fmt.Sprintf("user[login]=f%d&user[email]=f%d@x.example&user[password]=Secret-123", i, i)},
			{"GET", "/users/1/activate.json", "", ""},
			{"GET", "/users/1/activate.xml", "", ""},
			{"GET", "/users/2/suspend.json", "", ""},
			{"GET", "/users/2/activate_user.json", "", ""},
			{"POST", "/api/users/user", "text/plain", fmt.Sprintf(`{"username":"e%d","email":"e%d@x.example","password":"Secret-123","applications":["aa136fbd-26cc-448f-af0a-cf98fe165cc6"]}`, i, i)},
		} {
			got := g.do(t, r.method, r.path, r.body, append(append([]string{"Content-Type", r.kind}, admin...), c.header...)...)
			if got.status == 403 == c.allow || c.allow && got.status >= 300 {
				t.Errorf("%s %s with %q: %d %s", r.method, r.path, c.header, got.status, got.body)
			}
		}
		if got := g.do(t, "GET", "/users/1.json", "", append(append([]string{}, admin...), c.header...)...); got.status != 200 {
			t.Errorf("a read with %q: %d", c.header, got.status)
		}
	}
}

// The custom data of a user is shared: what one dialect stores bounds the others.
func TestCustomDataOfAUserIsBoundedWhoeverWritesIt(t *testing.T) {
	g := startSeeded(t)
	json := []string{"Content-Type", "application/json"}
	boss := append(append([]string{}, admin...), json...)
	account := append([]string{"X-API-KEY", "0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70"}, json...)
	text := func(size int) string { return strings.Repeat("x", size) }
	for _, r := range []struct {
		method, path, body string
		header             []string
		status             int
		want               string
	}{
		{"POST", "/user_additional_fields.json", `{"user_additional_field":{"name":"nick","data_type":"string"}}`, boss, 201, ""},
		{"PATCH", "/v1.1/instances/main/classes/user_profile/", `{"schema":[{"name":"pet","type":"text"}]}`, account, 200, ""},
		{"POST", "/v1.1/instances/main/users/", `{"username":"zoe","password":"n3w-secret"}`, account, 201, ""},
		{"PUT", "/users/2.json", `{"user":{"additional_fields":{"nick":"` + text(60_000) + `"}}}`, boss, 204, ""},
		{"PUT", "/users/2.json", `{"user":{"additional_fields":{"nick":"` + text(70_000) + `"}}}`, boss, 422, `{"errors":{"additional_fields":["is too long (maximum is 65536 characters)"]}}`},
		{"PATCH", "/v1.1/instances/main/users/2/", `{"profile":{"pet":"` + text(10_000) + `"}}`, account, 400, `"Object maximum size exceeded."`},
		{"PUT", "/users/2.json", `{"user":{"first_name":"Zoe"}}`, boss, 204, ""},
		{"GET", "/users/2.json", "", boss, 200, `"first_name":"Zoe"`},
	} {
		got := g.do(t, r.method, r.path, r.body, r.header...)
		if got.status != r.status || !strings.Contains(got.body, r.want) {
			t.Errorf("%s %s %.60s: %d %.300s", r.method, r.path, r.body, got.status, got.body)
		}
	}
	id := g.do(t, "GET", "/api/users", "", boss...).body
	_, id, _ = strings.Cut(id[strings.Index(id, `"username": "zoe"`):], "/api/users/user/")
	id, _, _ = strings.Cut(id, `"`)
	got := g.do(t, "PUT", "/api/users/user/"+id, `{"custom_data":{"a":"`+text(70_000)+`"}}`, boss...)
	if got.status != 400 || !strings.Contains(got.body, `The \"custom_data\" parameter is invalid.`) {
		t.Errorf("%d %.300s", got.status, got.body)
	}
}

func TestBodiesBeyondTheBudgetAreRefusedInTheirDialectsForm(t *testing.T) {
	g := startSeeded(t, "--max-client-bodies", "100KiB")
	body := `{"name": "` + strings.Repeat("x", 200<<10) + `"}`
	for path, want := range map[string]string{
		"/v1.1/instances/main/users/": `{"detail":`,
		"/api/users/user":             `{"econtext": {`,
		"/users.json":                 `{"status":"503",`,
		"/users.xml":                  `<status>503</status>`,
	} {
		header := append([]string{"Content-Type", "application/json", "X-API-KEY", seedAPIKey}, admin...)
		got := g.do(t, "POST", path, body, header...)
		if got.status != 503 || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, want) {
			t.Errorf("%s: %d, Retry-After %q: %.200s", path, got.status, got.header.Get("Retry-After"), got.body)
		}
	}
}
