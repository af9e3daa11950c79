package sqldb

import "errors"

// What a store cannot be opened for, to tell by errors.Is.
var (
	// ErrNewer says that a newer version of the program made or migrated the store.
	ErrNewer = errors.New("the store was made by a newer version of this program")
	// ErrInUse says that another process has the store open.
	ErrInUse = errors.New("another process has the store open")
	// ErrNotWritable says that the store's place cannot be written to.
	ErrNotWritable = errors.New("the store cannot be written to")
	// ErrNotAStore says that something else is where the store should be.
	ErrNotAStore = errors.New("this is not a store")
)
