package headroom

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
)

// TestGarbageGathersUpToTheHeadroom makes garbage in a program of its own, with
// and without.
func TestGarbageGathersUpToTheHeadroom(t *testing.T) {
	if os.Getenv("HEADROOM_TEST") != "" {
		makeGarbage(t)
		return
	}
	for name, env := range map[string][]string{
		"kept":              {"HEADROOM_TEST=few", "GOGC="},
		"GOGC is said":      {"HEADROOM_TEST=many", "GOGC=100"},
		"a limit is kept":   {"HEADROOM_TEST=many", "GOGC=", "GOMEMLIMIT=8MiB"},
		"none is asked for": {"HEADROOM_TEST=many", "GOGC=", "HEADROOM_NONE=1"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^"+"TestGarbageGathersUpToTheHeadroom$")
			cmd.Env = append(os.Environ(), env...)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

var sink []byte

// makeGarbage makes 1 GiB of it: some 60 heaps of the headroom, and 300 of the
// runtime's least.
func makeGarbage(t *testing.T) {
	if os.Getenv("HEADROOM_NONE") == "" {
		Keep(32 << 20)
	}
	for range 1 << 16 {
		sink = make([]byte, 16<<10)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if few := m.NumGC < 100; few != (os.Getenv("HEADROOM_TEST") == "few") {
		t.Errorf("%d collections", m.NumGC)
	}
}

func TestPercentFor(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		headroom, live uint64
		want           int
	}{{32 * mib, 4 * mib, 800}, {32 * mib, 64 * mib, 100}, {32 * mib, 32 * mib, 100}, {32 * mib, 0, 3200}} {
		if got := percentFor(c.headroom, c.live); got != c.want {
			t.Errorf("%d beside %d: %d %%, want %d", c.headroom, c.live, got, c.want)
		}
	}
}
