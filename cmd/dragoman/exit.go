package main

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// Exit codes, as listed in OPERATIONS.md.
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
	var opening *gateway.Error
	switch {
	case errors.As(err, &e):
		return e.code
	case errors.As(err, &opening):
		return openingExit(opening)
	}
	return exitFailed
}

// openingExit returns the exit code for a gateway that cannot be opened or seeded.
func openingExit(err *gateway.Error) int {
	switch err.Cause {
	case gateway.BadSettings:
		return exitUsage
	case gateway.BadSeed:
		return exitSeed
	}
	return storeExit(err)
}
