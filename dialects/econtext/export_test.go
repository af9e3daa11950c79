package econtext

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// SuiteBuild makes the world of the suite.
func SuiteBuild(profile Profile) dialecttest.Build {
	return func(t testing.TB, dir *core.Directory) (dialects.Mux, dialecttest.Vars) {
		return dialects.Mux{newDialect(dir, profile)}, setup(t, dir)
	}
}

// SuiteDialect makes the dialect of the suite.
func SuiteDialect(dir *core.Directory, profile Profile) dialects.Dialect {
	return newDialect(dir, profile)
}
