package main

import (
	"strings"
	"testing"
	"time"
)

func TestGoals(t *testing.T) {
	tests := map[string]struct {
		baseline result
		want     string
	}{
		"no goal":             {result{Ratio: 0.5, CPURatio: 3, P99Ratio: 2}, "0.50 ×, CPU 3.0 ×, p99 2.0 ×"},
		"no time of its own":  {result{Ratio: 0.5}, "0.50 ×"},
		"reached":             {result{Ratio: 0.9, Goal: 0.85}, "0.90 × (goal: 0.85)  reached"},
		"missed":              {result{Ratio: 0.8, Goal: 0.85}, "0.80 × (goal: 0.85)  MISSED"},
		"fast, but sometimes": {result{Ratio: 0.9, Goal: 0.85, P99Ratio: 1.5, P99Goal: 1.3}, "0.90 × (goal: 0.85), p99 1.5 × (goal: at most 1.3)  MISSED"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.baseline.comparison(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTheCostOfBasicAuthentication(t *testing.T) {
	r := report{Operations: []result{{Name: "get-econtext", CPU: 16, OwnCPU: 4}, {Name: "auth-basic", CPU: 9}, {Name: "auth-none", CPU: 7}}}
	if got := r.basicCost(); !strings.Contains(got, "takes 2.0 µs") || !strings.Contains(got, "0.90 × the speed") {
		t.Errorf("it says %q", got)
	}
	r.Operations = r.Operations[:2]
	if got := r.basicCost(); got != "" {
		t.Errorf("with nothing to compare it says %q", got)
	}
}

func TestNumbers(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 999: "999", 1000: "1,000", 1234567.4: "1,234,567"} {
		if got := thousands(x); got != want {
			t.Errorf("%v is written %s", x, got)
		}
	}
	for d, want := range map[time.Duration]string{0: "-", 950 * time.Nanosecond: "0 µs", 42 * time.Microsecond: "42 µs",
		1234 * time.Microsecond: "1.23 ms", 45 * time.Millisecond: "45 ms", 2500 * time.Millisecond: "2.50 s"} {
		if got := short(d); got != want {
			t.Errorf("%d is written %s", d, got)
		}
	}
}

func TestProcess(t *testing.T) {
	if m := self().memory(); m.Own == 0 || m.Peak < m.Own+m.Files {
		t.Skip("not known on this system")
	}
	before := self().cpu()
	if after := self().cpu(); after <= before {
		t.Errorf("the work of asking is not seen: %s, then %s", before, after)
	}
	if init := process(1).cpu(); init == 0 {
		t.Error("another process has no CPU time")
	}
	if process(0).cpu() != 0 || process(0).memory() != (memory{}) {
		t.Error("process 0 has numbers")
	}
}

func TestOtherLoad(t *testing.T) {
	c := &otherLoad{ours: []process{self()}, since: time.Now().Add(-10 * time.Second), busy: busy() - 25*time.Second, used: self().cpu()}
	if busy() == 0 {
		t.Skip("not known on this system")
	}
	if n := c.cores(); n < 2.4 || n > 20 {
		t.Errorf("25 s of CPU time in 10 s by others are %.1f cores", n)
	}
	c.used -= 25 * time.Second
	if n := c.cores(); n > 2.4 {
		t.Errorf("our own CPU time counts as others': %.1f cores", n)
	}
}

func TestTailKeepsTheLastOfMuch(t *testing.T) {
	var said tail
	for range 100 {
		if n, err := said.Write([]byte(strings.Repeat("x", 99) + "\n")); n != 100 || err != nil {
			t.Fatal(n, err)
		}
	}
	if _, err := said.Write([]byte(strings.Repeat("y", 3*tailSize) + "z\n")); err != nil {
		t.Fatal(err)
	}
	if got := said.String(); len(got) > tailSize || strings.Contains(got, "x") || !strings.HasSuffix(got, "yz") {
		t.Errorf("it keeps %d bytes", len(got))
	}
}
