package pgtest

import (
	"errors"
	"os/exec"
	"path/filepath"
)

var errNoBinaries = errors.New("no initdb and postgres in PATH or /usr/lib/postgresql/*/bin, and " +
	dsnVariable + " names no server")

// binaries returns the folder of PostgreSQL's programs: that in PATH, else the
// newest installed package.
func binaries() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		if found := filepath.Dir(path); complete(found) {
			return found, nil
		}
	}
	for _, pattern := range []string{"/usr/lib/postgresql/??/bin", "/usr/lib/postgresql/?/bin", "/usr/pgsql-*/bin"} {
		folders, _ := filepath.Glob(pattern)
		for i := len(folders) - 1; i >= 0; i-- {
			if complete(folders[i]) {
				return folders[i], nil
			}
		}
	}
	return "", errNoBinaries
}

func complete(folder string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(folder, name)); err != nil {
			return false
		}
	}
	return true
}
