package dialects

import "context"

// RequestInfo describes a request to what records its effects.
type RequestInfo struct {
	// ID is the request's, as in the log.
	ID string
	// Address is where the client is.
	Address string
	// Dialect is the name of the dialect that answers.
	Dialect string
	// Operation returns what is done, as far as it is known; nil for nothing.
	Operation func() string
}

type requestInfoKey struct{}

// WithRequestInfo returns a context with the description of a request.
func WithRequestInfo(ctx context.Context, info RequestInfo) context.Context {
	return context.WithValue(ctx, requestInfoKey{}, info)
}

// RequestInfoOf returns the description of the context's request, empty without one.
func RequestInfoOf(ctx context.Context) RequestInfo {
	info, _ := ctx.Value(requestInfoKey{}).(RequestInfo)
	return info
}
