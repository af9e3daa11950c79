package store

import (
	"context"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/sqlite"
)

// Image returns the content of a store that [OpenImage] opened, at one moment, with all
// updates that have returned. It is for OpenImage of the same version of the program.
func Image(s core.Store) ([]byte, error) {
	if i, ok := s.(interface{ Image() ([]byte, error) }); ok {
		return i.Image()
	}
	return nil, errors.New("store: this store has no images")
}

// OpenImage opens a new store in memory that begins with the content of an image, which
// it copies; nil is an empty store. It is gone when closed, so nothing in it is sealed.
func OpenImage(ctx context.Context, image []byte, with ...Option) (core.Store, error) {
	return sqlite.OpenImage(ctx, image, with...)
}
