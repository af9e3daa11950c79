package wire

import "strings"

// MediaType is the type of a Content-Type header without its parameters, in lower case: "application/json".
func MediaType(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}
