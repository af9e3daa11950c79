package dialects

import (
	"context"
	"net/http"
)

type pathPrefixKey struct{}

// WithPathPrefix returns a context of requests whose paths began with the prefix when
// the client sent them. A prefix has a leading slash and no trailing one.
func WithPathPrefix(ctx context.Context, prefix string) context.Context {
	return context.WithValue(ctx, pathPrefixKey{}, prefix)
}

// PathPrefix returns what the path of r began with when the client sent it, and what
// links in the answer begin with; usually "". A proxy, or the server in front of the
// dialects, has removed it from r.
func PathPrefix(r *http.Request) string {
	prefix, _ := r.Context().Value(pathPrefixKey{}).(string)
	return prefix
}
