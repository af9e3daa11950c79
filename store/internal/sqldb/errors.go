package sqldb

import "errors"

// Reasons why a store cannot be opened, to be tested by errors.Is.
var (
	// ErrNewer says that a newer version of the program created or migrated the store.
	ErrNewer = errors.New("the store was made by a newer version of this program")
	// ErrInUse says that another process has the store open.
	ErrInUse = errors.New("another process has the store open")
	// ErrNotWritable says that the store cannot be written to.
	ErrNotWritable = errors.New("the store cannot be written to")
	// ErrNotAStore says that the file or database is not a store.
	ErrNotAStore = errors.New("this is not a store")
)
