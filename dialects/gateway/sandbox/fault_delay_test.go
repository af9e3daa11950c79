package sandbox_test

import (
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// timed is a recorder that notes when each piece of the answer came.
type timed struct {
	*httptest.ResponseRecorder
	began time.Time
	at    []time.Duration
}

// Write implements io.Writer.
func (w *timed) Write(p []byte) (int, error) {
	w.at = append(w.at, time.Since(w.began))
	return w.ResponseRecorder.Write(p)
}

// delays sets the fault in a new sandbox and returns when the pieces of each answer
// came. The time is not the system's: nothing waits.
func delays(t *testing.T, f sandbox.Fault, calls int) (all [][]time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m := sandbox.New(sandbox.Config{})
		defer m.Close()
		s, err := m.Create(t.Context(), sandbox.Creation{})
		if err == nil {
			_, err = s.SetFault(&f)
		}
		if err != nil {
			t.Fatal(err)
		}
		for range calls {
			r := httptest.NewRequest("GET", "/users.json", nil)
			r.Header.Set("Authorization", adminBasic)
			w := &timed{httptest.NewRecorder(), time.Now(), nil}
			s.ServeHTTP(w, r)
			if want := max(200, f.Status); w.Code != want {
				t.Errorf("%d, want %d: %s", w.Code, want, w.Body)
			}
			all = append(all, w.at)
		}
	})
	return all
}

func TestADelayComesBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	for _, f := range []sandbox.Fault{
		{Delay: sandbox.Duration(time.Hour)},
		{Delay: sandbox.Duration(time.Hour), Status: 503},
		{Delay: sandbox.Duration(time.Hour), Stale: true},
	} {
		if got := delays(t, f, 1)[0]; got[0] != time.Hour {
			t.Errorf("%+v: %v", f, got)
		}
	}
}

func TestADelayIsDistributed(t *testing.T) {
	t.Parallel()
	const calls = 40
	play := func(f sandbox.Fault) (list []time.Duration) {
		for _, at := range delays(t, f, calls) {
			list = append(list, at[0])
		}
		return list
	}
	fault := sandbox.Fault{Delay: sandbox.Duration(time.Minute), Jitter: sandbox.Duration(time.Hour), Seed: 7, Status: 500}
	for distribution, most := range map[string]time.Duration{"": time.Hour, "uniform": time.Hour, "exponential": 10 * time.Hour} {
		f := fault
		f.Distribution = distribution
		list := play(f)
		if again := play(f); !slices.Equal(list, again) {
			t.Errorf("%s: the same seed gives other delays", distribution)
		}
		above := 0
		for _, d := range list {
			if d < time.Minute || d > time.Minute+most {
				t.Errorf("%s: %v", distribution, d)
			}
			if d > time.Minute+time.Hour {
				above++
			}
		}
		if exponential := distribution == "exponential"; exponential != (above > calls/10) {
			t.Errorf("%s: %d of %d are above the jitter", distribution, above, calls)
		}
		if slices.Sort(list); len(slices.Compact(list)) < calls/2 {
			t.Errorf("%s: the delays are not spread", distribution)
		}
	}
}

func TestABodyIsSlow(t *testing.T) {
	t.Parallel()
	for _, f := range []sandbox.Fault{
		{SlowBody: sandbox.Duration(10 * time.Minute)},
		{SlowBody: sandbox.Duration(10 * time.Minute), Status: 500},
	} {
		got := delays(t, f, 1)[0]
		if len(got) < 10 || got[0] < time.Minute || got[len(got)-1] < 9*time.Minute || got[len(got)-1] > 12*time.Minute {
			t.Errorf("%+v: %v", f, got)
		}
		if !slices.IsSorted(got) {
			t.Errorf("%v", got)
		}
	}
}
