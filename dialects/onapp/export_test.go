package onapp

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// SuiteBuild makes the world of the suite, with a panel of that version.
func SuiteBuild(version string) dialecttest.Build {
	return func(t testing.TB, dir *core.Directory) (dialects.Mux, dialecttest.Vars) {
		return dialects.Mux{SuiteDialect(dir, version)}, setup(t, dir)
	}
}

// SuiteDialect makes the dialect of the suite.
func SuiteDialect(dir *core.Directory, version string) dialects.Dialect {
	return New(Config{Directory: dir, MaxBody: bodyLimit, SessionRandom: zeros{}, Version: version})
}
