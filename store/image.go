package store

import (
	"context"
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/sqldb"
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

// Rest releases the memory and the files that a store needs while it is used, if
// [OpenImage] opened it. It opens them again when it is used.
func Rest(s core.Store) error {
	if r, ok := s.(interface{ Rest() error }); ok {
		return r.Rest()
	}
	return nil
}

// MaxBytes bounds what a store of [OpenImage] holds. What needs more fails as on a full
// disk, and changes nothing.
func MaxBytes(n int64) Option { return func(o *sqldb.Options) { o.MaxBytes = n } }

// OpenImage opens a new store in memory that begins with the content of an image, which
// it copies; nil is an empty store. It is gone when closed, so nothing in it is sealed.
func OpenImage(ctx context.Context, image []byte, with ...Option) (core.Store, error) {
	return sqlite.OpenImage(ctx, image, with...)
}
