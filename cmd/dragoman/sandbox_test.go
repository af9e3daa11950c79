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

// The commands of TESTING.md do what they say.
func TestTheDocumentsSandboxCommandsWork(t *testing.T) {
	t.Parallel()
	url := startSandbox(t)
	chapter := strings.SplitN(readFile(t, "cmd/dragoman/TESTING.md"), "```", 3)[1]
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

// Commands of sandboxes are parsed without all others, and refused as those are.
func TestSandboxCommandsAreParsedAsAllOthers(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"sandbox fly":                 `unknown command "fly" (see dragoman sandbox --help)`,
		"sandbox --colour":            "unknown flag --colour (see dragoman sandbox --help)",
		"sandbox --config none.yaml":  "none.yaml",
		"sandbox create --random=-1":  "--random",
		"sandbox reset a b c":         "unexpected argument c",
		"sandbox clock a --advance=x": "--advance",
	} {
		if code, out, log := once(t, strings.Fields(args)...); code != exitUsage || !strings.Contains(log, want) {
			t.Errorf("%s: exit %d: %s%s", args, code, out, log)
		}
	}
	var out, log lockedText
	if code := run(t.Context(), []string{"sandbox"}, []string{"DRAGOMAN_COLOUR=red"}, &out, &log); code != exitUsage || !strings.Contains(log.String(), "DRAGOMAN_COLOUR") {
		t.Errorf("a variable that stands for no flag: exit %d: %s%s", code, &out, &log)
	}
	if code, out, _ := once(t, "sandbox", "create", "--help"); code != exitOK || !strings.Contains(out, "DRAGOMAN_FORK") {
		t.Errorf("help: exit %d: %s", code, out)
	}
}

// A test that ends its standard input, or ends itself, leaves no stand-in behind.
func TestAStandInEndsWithItsStandardInput(t *testing.T) {
	t.Parallel()
	code, out, log := onceWith(t, "", "sandbox", "--listen", "127.0.0.1:0", "--exit-with-parent")
	if code != exitOK || !strings.Contains(out, "keep nothing real in it") || !strings.Contains(out, "curl -u 'admin:changeme1'") {
		t.Errorf("exit %d: %s%s", code, out, log)
	}
}

func TestASeedIsReadFromStandardInput(t *testing.T) {
	t.Parallel()
	const seed = "users: [{username: ann, password: s3cret-pass}]"
	url := startSandbox(t)
	for _, args := range [][]string{
		{"sandbox", "create", "mine", "--seed", "-", "--url", url},
		{"sandbox", "--listen", "127.0.0.1:0", "--exit-with-parent", "--output", "json", "--seed", "-"},
	} {
		code, out, log := onceWith(t, seed, args...)
		if code != exitOK || !strings.Contains(out, `"users":[{"username":"ann","password":"s3cret-pass"}]`) {
			t.Errorf("%s: exit %d: %s%s", args, code, out, log)
		}
	}
}

// BenchmarkSandboxStart is from the command line to the line that says where the
// stand-in is, without the start of the process.
func BenchmarkSandboxStart(b *testing.B) {
	for b.Loop() {
		if code, out, log := onceWith(b, "", "sandbox", "--listen", "127.0.0.1:0", "--output", "json", "--exit-with-parent"); code != exitOK {
			b.Fatalf("exit %d: %s%s", code, out, log)
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
	g := startSeeded(t, "--sandbox-control-file", writeFile(t, "token", token+"\n"))
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
	big := `{"id":"big","email":"big@example.com","password":"correct-horse","applications":[],"custom_data":{"a":"` + strings.Repeat("x", 70<<10) + `"}}`
	if a := g.do(t, "POST", "/_sandbox/mine/api/users/user", big, append(jsonBody, admin...)...); a.status < 400 {
		t.Errorf("a sandbox that strangers reach has no bounds: %d", a.status)
	}
	for claim, flags := range map[string][]string{
		"a short token": {"--sandbox-control", "short"}, "an empty file": {"--sandbox-control-file", writeFile(t, "token", "")},
		"no file": {"--sandbox-control-file", "/none"}, "both": {"--sandbox-control", token, "--sandbox-control-file", writeFile(t, "token", token)},
	} {
		for _, command := range [][]string{{"serve", "--listen", "127.0.0.1:0", "--store", dbIn(t)}, {"config", "check", "--"}} {
			if code, _, log := once(t, append(command, flags...)...); code != exitUsage || !strings.Contains(log, "--sandbox-control") || strings.Contains(log, token) {
				t.Errorf("%s: %s: exit %d: %s", command[0], claim, code, log)
			}
		}
	}
	if code, out, _ := once(t, "config", "show", "--", "--sandbox-control", token); code != 0 || strings.Contains(out, token) {
		t.Errorf("config show: exit %d: %s", code, out)
	}
}
