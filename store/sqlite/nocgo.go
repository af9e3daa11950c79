//go:build !cgo

// Package sqlite needs cgo: this file stops a build without it, with one line.
package sqlite

var _ = dragoman_needs_cgo_and_a_C_compiler
