// Package nginx reads request paths as an nginx in front of an application hands them on.
package nginx

import "strings"

// CleanPath returns a decoded path with each run of slashes merged into one and "." and ".." resolved. ok is false
// for a path that leaves the root, which nginx refuses, and for one that does not begin with a slash.
func CleanPath(path string) (clean string, ok bool) {
	if !strings.HasPrefix(path, "/") {
		return path, false
	}
	if !strings.Contains(path, "//") && !strings.Contains(path, "/.") {
		return path, true
	}
	var kept []string
	segments := strings.Split(path, "/")
	for _, s := range segments {
		switch s {
		case "", ".":
		case "..":
			if len(kept) == 0 {
				return path, false
			}
			kept = kept[:len(kept)-1]
		default:
			kept = append(kept, s)
		}
	}
	clean = "/" + strings.Join(kept, "/")
	if last := segments[len(segments)-1]; len(kept) > 0 && (last == "" || last == "." || last == "..") {
		clean += "/"
	}
	return clean, true
}
