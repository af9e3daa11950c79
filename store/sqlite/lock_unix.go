//go:build cgo && unix

package sqlite

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownVFS is SQLite's way to files that no other process has: connections agree within
// the process, where a lock of the system takes three calls for each view.
const ownVFS = "unix-excl"

// checkWritable fails if this process cannot write the file. It does not open it: closing
// it again would take away the locks that another connection of the process has on it.
func checkWritable(path string) error { return unix.Access(path, unix.W_OK) }

// linksTo returns how many names a file has; 0 if it does not exist.
func linksTo(path string) uint64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || info.IsDir() {
		return 0
	}
	return uint64(stat.Nlink)
}

// lock makes this process the owner of a file, until it closes it or ends.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, privateMode)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, err
	}
	return f, nil
}
