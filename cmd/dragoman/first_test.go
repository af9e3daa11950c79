package main

import (
	"regexp"
	"strings"
	"testing"
)

func TestFirstStartMakesAnAdministratorWhoseThreeCommandsWork(t *testing.T) {
	store := dbIn(t)
	g := start(t, "--store", store)
	commands := curlsIn(g.out.String())
	if len(commands) != 3 {
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
