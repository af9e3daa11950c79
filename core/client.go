package core

import (
	"context"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// ClientOf returns the name of the client that ctx's work is for, as [passwd.WithClient]
// gave it; "" without one. A store lets updates take turns by it.
func ClientOf(ctx context.Context) string { return passwd.ClientOf(ctx) }
