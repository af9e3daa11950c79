package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// printVersion prints the version.
func printVersion(std streams) error {
	_, err := fmt.Fprintf(std.out, "dragoman %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// version is the release this binary was built from, or the commit where none is.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
