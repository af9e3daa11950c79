package unknown

import (
	"fmt"
	"testing"
	"time"
)

func TestPathsShowWordsAlone(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/virtual_machines.json":                           "/virtual_machines.json",
		"/v1.1/instances/main/channels/":                   "/v1.1/instances/main/channels/",
		"/users/7/payments.xml":                            "/users/*/payments.xml",
		"/scim/v2/Roles":                                   "/scim/v2/Roles",
		"/users/ann@corp.example":                          "/users/*",
		"/keys/0f2b7c1de4a95863b0f2b7c1de4a95863b0f2b70":   "/keys/*",
		"/api/tokens/hunter":                               "/api/tokens/*",
		"/password_resets/hunter/edit":                     "/password_resets/*/edit",
		"/uWYhDogSBzjDGJZFjVAkNC":                          "/*",
		"/abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstu": "/*",
		"/a b/\x1b[31m/ü":                                  "/*/*/*",
		"//users.json":                                     "//users.json",
		"":                                                 "",
		"/a/b/c/d/e/f/g/h/i/j/k/l/m/n":                     "/a/b/c/d/e/f/g/h/i/j/k/...",
	} {
		if got := Path(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
	if Method("PROPFIND") != "PROPFIND" || Method("HUNTER2") != Hidden {
		t.Error("methods")
	}
}

func TestWhatIsRepeatedStays(t *testing.T) {
	t.Parallel()
	var r Requests
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i := range 3 {
		r.Note("onapp", "GET", fmt.Sprintf("/users/%d/payments.json", i), at.Add(time.Duration(i)*time.Second))
	}
	for i := range 3 * kept {
		r.Note("onapp", "GET", "/a"+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676)), at.Add(time.Hour))
	}
	list, lost := r.List()
	want := Request{"onapp", "GET", "/users/*/payments.json", 3, at, at.Add(2 * time.Second)}
	if len(list) != kept || list[0] != want || lost != 3*kept+3-kept-2 {
		t.Errorf("%d kinds, %d lost, first %+v", len(list), lost, list[0])
	}
}
