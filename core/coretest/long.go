package coretest

import (
	"os"
	"testing"
)

// longVariable switches the long tests on. It is not a flag, as go test ./... refuses
// a flag that one of the packages does not define.
const longVariable = "TEST_DRAGOMAN_LONG"

// Long reports whether tests run in their long form: with all rounds, on every store and
// with every client.
func Long() bool { return os.Getenv(longVariable) != "" }

// NeedLong skips a test that has only a long form, unless that is asked for.
func NeedLong(t testing.TB) {
	t.Helper()
	if !Long() {
		t.Skipf("skipped: this test is long: set %s=1", longVariable)
	}
}

// Rounds returns how often a test repeats: the first number, or the second in the long
// form.
func Rounds(usually, long int) int {
	if Long() {
		return long
	}
	return usually
}
