package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/dragoman-gateway/dragoman/store"
)

// release is the name of the release. The linker sets it; other builds have none.
var release = ""

// builtFrom is the commit that was built. The linker sets it for builds that Go does not
// tell, such as from a work tree or an archive; others have none.
var builtFrom = ""

type versionCmd struct{}

// Run prints the version and what it is built from.
func (versionCmd) Run(std streams) error {
	_, err := fmt.Fprintln(std.out, versionLine())
	return err
}

func versionLine() string {
	return fmt.Sprintf("dragoman %s (commit %s, %s, SQLite %s, %s/%s)",
		version(), commit(), runtime.Version(), store.SQLiteVersion(), runtime.GOOS, runtime.GOARCH)
}

// version returns the release, or else the version of the module that was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	switch {
	case release != "":
		return release
	case !ok || info.Main.Version == "":
		return "(devel)"
	}
	return info.Main.Version
}

// commit returns the commit that was built, with a + if files were changed since.
func commit() string {
	if builtFrom != "" {
		return builtFrom
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	id, changed := "unknown", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			id = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	return id + changed
}
