//go:build cgo && !unix

package sqlite

import "os"

// lock does nothing where files cannot be locked: there it is up to who starts
// the program that it is started once.
func lock(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, privateMode)
}
