//go:build cgo && !unix

package sqlite

import "os"

// ownVFS is "": SQLite has no such way here.
const ownVFS = ""

// checkWritable leaves it to SQLite.
func checkWritable(string) error { return nil }

// linksTo does not count names: nothing here is locked.
func linksTo(string) uint64 { return 0 }

// lock does nothing where files cannot be locked: there it is up to who starts
// the program that it is started once.
func lock(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, privateMode)
}
