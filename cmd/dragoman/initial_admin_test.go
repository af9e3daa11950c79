package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

func TestFirstStartMakesAnAdministratorWhoseCommandsWork(t *testing.T) {
	store := dbIn(t)
	g := start(t, "--store", store)
	commands := curlsIn(g.out.String())
	if len(commands) != len(gateway.Table()) {
		t.Fatalf("%d commands in\n%s", len(commands), g.out)
	}
	for _, c := range commands {
		if !strings.HasPrefix(c.url, g.base) {
			t.Errorf("%s is not on %s", c.url, g.base)
		}
		if got := c.send(t, c.url); got.status != 200 || !strings.Contains(got.body, adminName) {
			t.Errorf("%s: %d %s", c.url, got.status, got.body)
		}
	}
	if code := g.end(t); code != 0 {
		t.Fatalf("exit %d", code)
	}

	again := start(t, "--store", store)
	if again.out.String() != "" {
		t.Errorf("the second start says %s", again.out)
	}
	for _, c := range commands {
		if got := c.send(t, again.base+strings.TrimPrefix(c.url, g.base)); got.status != 200 {
			t.Errorf("after the second start, %s: %d %s", c.url, got.status, got.body)
		}
	}
}

// brokenOutput accepts no data.
type brokenOutput struct{}

func (brokenOutput) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestAdministratorWhoseSecretsCannotBeShownIsNotMade(t *testing.T) {
	store := dbIn(t)
	var log lockedText
	args := append([]string{"serve", "--listen", "127.0.0.1:0", "--secrets-file", "-", "--store", store}, cheap...)
	if code := run(t.Context(), args, nil, brokenOutput{}, &log); code != exitFailed || !strings.Contains(log.String(), "secrets") {
		t.Errorf("exit %d: %s", code, &log)
	}
	if g := start(t, "--store", store); len(curlsIn(g.out.String())) != len(gateway.Table()) {
		t.Errorf("the next start says %s", g.out)
	}
}

// The first start blocks while it prints the secrets, since they are not read, and
// is killed there: the store must be as empty as before.
func TestFirstStartThatIsKilledBeforeItsSecretsAreSeenLeavesNobody(t *testing.T) {
	store := dbIn(t)
	unread, full, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer unread.Close()
	_ = full.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
	for err == nil {
		_, err = full.Write(make([]byte, 512))
	}
	killed := launchChild(t, func(c *exec.Cmd) { c.Stdout = full }, "--store", store)
	time.Sleep(time.Second)
	_ = killed.cmd.Process.Kill()
	killed.wait(t)
	if g := start(t, "--store", store); !secretsWork(t, g, g.out.String()) {
		t.Errorf("the next start says %q", g.out)
	}
}

// Whenever the first start is killed, the store either has an administrator whose
// secrets were shown, or the next start makes one.
func TestFirstStartThatIsKilledLeavesNoAdministratorWithUnseenSecrets(t *testing.T) {
	for round := range 8 {
		store := dbIn(t)
		killed := launchChild(t, nil, "--store", store)
		time.Sleep(time.Duration(round) * 8 * time.Millisecond)
		_ = killed.cmd.Process.Kill()
		killed.wait(t)
		again := start(t, "--store", store)
		if !secretsWork(t, again, killed.out.String()+again.out.String()) {
			t.Errorf("round %d: first %q, then %q, and none of it works", round, killed.out, again.out)
		}
	}
}

var shownPassword = regexp.MustCompile(`(?m)^  password +(\S+)$`)

// secretsWork reports whether one of the printed passwords is accepted by every dialect.
func secretsWork(t *testing.T, g *gatewayRun, shown string) bool {
	t.Helper()
	for _, found := range shownPassword.FindAllStringSubmatch(shown, -1) {
		header := []string{"Authorization", basic(adminName + ":" + found[1])}
		if g.do(t, "GET", "/api/users", "", header...).status == 200 && g.do(t, "GET", "/roles.json", "", header...).status == 200 {
			return true
		}
	}
	return false
}

// curl is one printed command.
type curl struct {
	url    string
	header []string
}

var (
	shellWord   = regexp.MustCompile(`'[^']*'|\S+`)
	curlCommand = regexp.MustCompile(`(?m)^\s*curl (.*)$`)
)

// curlsIn reads the commands as a shell and curl would.
func curlsIn(text string) (commands []curl) {
	for _, line := range curlCommand.FindAllStringSubmatch(text, -1) {
		var c curl
		words := shellWord.FindAllString(line[1], -1)
		for i := 0; i < len(words); i++ {
			switch word := strings.Trim(words[i], "'"); word {
			case "-H":
				i++
				name, value, _ := strings.Cut(strings.Trim(words[i], "'"), ": ")
				c.header = append(c.header, name, value)
			case "-u":
				i++
				c.header = append(c.header, "Authorization", basic(strings.Trim(words[i], "'")))
			default:
				c.url = word
			}
		}
		commands = append(commands, c)
	}
	return commands
}

func (c curl) send(t *testing.T, url string) answer {
	t.Helper()
	return send(t, "GET", url, "", c.header...)
}

func TestSecretsOfTwoEmptyStoresDiffer(t *testing.T) {
	one, other := start(t, "--store", dbIn(t)), start(t, "--store", dbIn(t))
	a, b := curlsIn(one.out.String()), curlsIn(other.out.String())
	for i := range a {
		if strings.Join(a[i].header, "") == strings.Join(b[i].header, "") {
			t.Errorf("both have %s", a[i].header)
		}
	}
}

var shownAccountPassword = regexp.MustCompile(`(?m)^  Syncano account password +(\S+)$`)

// The user's password must not open the account of the same address: after a change
// of one the other would still let in.
func TestTheUserAndTheAccountHaveTwoPasswords(t *testing.T) {
	g := start(t, "--store", dbIn(t))
	user, account := shownPassword.FindStringSubmatch(g.out.String()), shownAccountPassword.FindStringSubmatch(g.out.String())
	if user == nil || account == nil || !strings.Contains(g.out.String(), "is not a user") {
		t.Fatal(g.out)
	}
	for password, want := range map[string]int{user[1]: 401, account[1]: 200} {
		got := g.do(t, "POST", "/v1.1/account/auth/", `{"email":"admin@example.com","password":"`+password+`"}`, jsonBody...)
		if got.status != want {
			t.Errorf("the account: %d, want %d: %s", got.status, want, got.body)
		}
	}
	for password, want := range map[string]int{user[1]: 200, account[1]: 401} {
		if got := g.do(t, "GET", "/profile.json", "", "Authorization", basic("admin:"+password)); got.status != want {
			t.Errorf("the user: %d, want %d: %s", got.status, want, got.body)
		}
	}
}

func TestSecretsThatNoTerminalShowsGoToAFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "dragoman-first-secrets.txt")
	if err := os.WriteFile(path, []byte("void secrets of a start that was killed"), 0o644); err != nil {
		t.Fatal(err)
	}
	g := start(t, "--store", "sqlite:"+filepath.Join(folder, "d.db"), "--secrets-file", "")
	if out := g.out.String(); !strings.Contains(out, path) || strings.Contains(out, "password") || len(curlsIn(out)) != 0 {
		t.Errorf("standard output has %s", out)
	}
	text, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(text), "void") || !secretsWork(t, g, string(text)) {
		t.Errorf("%v: %s", err, text)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v: %v", err, info.Mode())
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "dragoman-secrets-*")); len(left) != 0 {
		t.Errorf("%s are left", left)
	}
}
