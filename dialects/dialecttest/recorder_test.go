package dialecttest

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
)

// recorder is a testing.TB that remembers a failure instead of having one.
type recorder struct {
	testing.TB
	failed, skipped bool
	said            []string
	cleanups        []func()
}

// record runs what may fail, to its end and its cleanups.
func record(t testing.TB, run func(testing.TB)) *recorder {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for _, f := range slices.Backward(r.cleanups) {
				f()
			}
		}()
		run(r)
	}()
	<-done
	return r
}

func (r *recorder) say(failed bool, text string) {
	r.failed = r.failed || failed
	r.said = append(r.said, text)
}

func (r *recorder) Helper()                        {}
func (r *recorder) Cleanup(f func())               { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Failed() bool                   { return r.failed }
func (r *recorder) Fail()                          { r.failed = true }
func (r *recorder) FailNow()                       { r.failed = true; runtime.Goexit() }
func (r *recorder) Log(args ...any)                { r.say(false, fmt.Sprint(args...)) }
func (r *recorder) Logf(format string, a ...any)   { r.say(false, fmt.Sprintf(format, a...)) }
func (r *recorder) Error(args ...any)              { r.say(true, fmt.Sprint(args...)) }
func (r *recorder) Errorf(format string, a ...any) { r.say(true, fmt.Sprintf(format, a...)) }
func (r *recorder) Fatal(args ...any)              { r.Error(args...); runtime.Goexit() }
func (r *recorder) Fatalf(format string, a ...any) { r.Errorf(format, a...); runtime.Goexit() }
func (r *recorder) SkipNow()                       { r.skipped = true; runtime.Goexit() }
func (r *recorder) Skip(args ...any)               { r.Log(args...); r.SkipNow() }
func (r *recorder) Skipf(format string, a ...any)  { r.Logf(format, a...); r.SkipNow() }
