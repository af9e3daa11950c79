package main

import (
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/dragoman-gateway/dragoman/store"
)

// release is the name of the release. The linker sets it; other builds have none.
var release = ""

// builtFrom is the commit that was built. The linker sets it for builds that Go does not
// tell, such as from an archive; others have none.
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
	if info, ok := debug.ReadBuildInfo(); ok {
		return commitOf(info)
	}
	return "unknown"
}

// pseudoVersion matches the version of a module that was got by its commit, whose first
// digits are at its end.
var pseudoVersion = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^v.*[-.][0-9]{14}-([0-9a-f]{12})(\+.*)?$`) })

func commitOf(info *debug.BuildInfo) string {
	id, changed := "unknown", ""
	if m := pseudoVersion().FindStringSubmatch(info.Main.Version); m != nil {
		id = m[1]
	}
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
