package main

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
)

// startSandbox runs "sandbox" until the test ends and returns its URL.
func startSandbox(t testing.TB, flags ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, log, exited := new(lockedText), new(lockedText), make(chan int, 1)
	args := append([]string{"sandbox", "--listen", "127.0.0.1:0", "--output", "json"}, flags...)
	go func() { exited <- run(ctx, args, nil, out, log) }()
	t.Cleanup(func() { cancel(); <-exited })
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		var ready struct{ URL string }
		if json.Unmarshal([]byte(out.String()), &ready) == nil {
			return ready.URL
		}
	}
	t.Fatalf("is not ready: %s", log)
	return ""
}

// The commands of the chapter "A stand-in for tests" do what they say.
func TestTheReadmesSandboxCommandsWork(t *testing.T) {
	t.Parallel()
	url := startSandbox(t)
	chapter := strings.SplitN(strings.SplitN(readFile(t, "README.md"), "### A stand-in for tests", 2)[1], "```", 3)[1]
	commands := regexp.MustCompile(`(?m)^dragoman (sandbox .*)$`).FindAllStringSubmatch(chapter, -1)
	if len(commands) < 7 {
		t.Fatalf("%d commands in %s", len(commands), chapter)
	}
	for _, c := range commands {
		line, argument, _ := strings.Cut(strings.TrimSuffix(c[1], "'"), "'")
		args := strings.Fields(line)
		if argument != "" {
			args = append(args, argument)
		}
		if code, out, log := once(t, append(args, "--url", url)...); code != exitOK {
			t.Errorf("%s: exit %d: %s%s", c[0], code, out, log)
		}
	}
}

func TestAFailedVerifyNamesTheNearestCall(t *testing.T) {
	t.Parallel()
	url := startSandbox(t)
	send(t, "GET", url+"/users.json", "", admin...)
	code, _, log := once(t, "sandbox", "verify", "default", `{"operation":"users.list","times":2}`, "--url", url)
	if code != exitFailed || !strings.Contains(log, "1 calls fit, expected 2") {
		t.Errorf("exit %d: %s", code, log)
	}
	code, _, log = once(t, "sandbox", "verify", "default", `{"operation":"users.create"}`, "--url", url)
	if code != exitFailed || !strings.Contains(log, "nearest: GET /users.json 200, which differs in operation") {
		t.Errorf("exit %d: %s", code, log)
	}
}

func TestASandboxIsNotExposedByAccident(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "example.com:0"} {
		code, _, log := once(t, "sandbox", "--listen", address)
		if code != exitUsage || !strings.Contains(log, "--expose") {
			t.Errorf("%s: exit %d: %s", address, code, log)
		}
	}
}

func TestServeHasSandboxesWithATokenOnly(t *testing.T) {
	t.Parallel()
	const token = "a-token-of-the-operators"
	plain := startSeeded(t)
	if a := plain.do(t, "GET", "/_dragoman/sandboxes", "", "Authorization", "Bearer "+token); a.status != 404 {
		t.Errorf("without --sandbox-control: %d %s", a.status, a.body)
	}
	g := startSeeded(t, "--sandbox-control", token)
	if a := g.do(t, "POST", "/_dragoman/sandboxes", `{"name":"mine"}`); a.status != 401 {
		t.Errorf("without the token: %d %s", a.status, a.body)
	}
	if a := g.do(t, "POST", "/_dragoman/sandboxes", `{"name":"mine"}`, "Authorization", "Bearer "+token); a.status != 201 {
		t.Fatalf("with the token: %d %s", a.status, a.body)
	}
	for path, want := range map[string]int{"/_sandbox/mine/users.json": 200, "/users.json": 200, "/_dragoman/ready": 200} {
		if a := g.do(t, "GET", path, "", admin...); a.status != want {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if code, _, log := once(t, "serve", "--listen", "127.0.0.1:0", "--store", dbIn(t), "--sandbox-control", "short"); code != exitUsage || !strings.Contains(log, "--sandbox-control") {
		t.Errorf("a short token: exit %d: %s", code, log)
	}
}
