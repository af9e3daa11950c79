package main

import "errors"

// Exit codes, as listed in README.md.
const (
	exitOK     = 0
	exitFailed = 1 // any other error
	exitUsage  = 2 // bad flags, environment or settings file
	exitListen = 3 // cannot listen on the address
	exitStore  = 4 // the store cannot be opened, read or written
	exitNewer  = 5 // the store belongs to a newer version
	exitSeed   = 6 // the seed file is invalid
)

// exitError is an error with an exit code.
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
