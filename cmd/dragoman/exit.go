package main

import "errors"

// Exit codes. They are part of the interface: README.md lists them.
const (
	exitOK     = 0
	exitFailed = 1 // anything without a code of its own
	exitUsage  = 2 // bad flags, environment or configuration file
	exitListen = 3 // the address cannot be listened on
	exitStore  = 4 // the store cannot be opened, read or written
	exitNewer  = 5 // the store was made by a newer version
	exitSeed   = 6 // the seed file is wrong
)

// exitError is an error that ends the program with its own code.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string { return e.err.Error() }
func (e exitError) Unwrap() error { return e.err }

func exitCode(err error) int {
	var e exitError
	if errors.As(err, &e) {
		return e.code
	}
	return exitFailed
}
