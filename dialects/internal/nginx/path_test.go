package nginx

import (
	"strings"
	"testing"
)

func TestCleanPath(t *testing.T) {
	for path, want := range map[string]string{
		"/":                  "/",
		"//":                 "/",
		"/.":                 "/",
		"/a/..":              "/",
		"/v1.1/users/":       "/v1.1/users/",
		"//v1.1//users///":   "/v1.1/users/",
		"/v1.1/./users/.":    "/v1.1/users/",
		"/v1.1/x/../users":   "/v1.1/users",
		"/v1.1/users/1/..":   "/v1.1/users/",
		"/a/b/../../c":       "/c",
		"/.hidden/..a/...":   "/.hidden/..a/...",
		"/a//../b":           "/b",
		"/users/100%/a?b#c/": "/users/100%/a?b#c/",
	} {
		if got, ok := CleanPath(path); got != want || !ok {
			t.Errorf("%q became %q, %t, want %q", path, got, ok, want)
		}
	}
	for _, path := range []string{"", "*", "a/b", "/..", "/a/../..", "//../a"} {
		if got, ok := CleanPath(path); got != path || ok {
			t.Errorf("%q became %q, %t, want a refusal", path, got, ok)
		}
	}
}

func FuzzCleanPath(f *testing.F) {
	for _, path := range []string{"/", "//a", "/a/./b/../c", "/a/..", "/../a", "", "*", "/a/...", "/.a/", "/a%2fb\x00"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		clean, ok := CleanPath(path)
		if !ok {
			if clean != path {
				t.Fatalf("%q is refused and became %q", path, clean)
			}
			return
		}
		if !strings.HasPrefix(clean, "/") || strings.Contains(clean, "//") || strings.Contains(clean+"/", "/./") || strings.Contains(clean+"/", "/../") {
			t.Fatalf("%q became %q, which is not clean", path, clean)
		}
		if again, ok := CleanPath(clean); again != clean || !ok {
			t.Fatalf("%q became %q, and that %q", path, clean, again)
		}
	})
}
