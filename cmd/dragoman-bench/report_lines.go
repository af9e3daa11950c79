package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// print writes a line for the operation and one for each baseline.
func (r *result) print(out io.Writer) {
	r.line(out, r.Name, r.note())
	if r.Background != nil {
		r.Background.line(out, "  beside "+r.Background.Name, r.Background.note())
	}
	for i := range r.Baselines {
		baseline := &r.Baselines[i]
		baseline.line(out, "  vs "+baseline.Name, strings.TrimPrefix(baseline.comparison()+"  "+baseline.note(), "  "))
	}
}

func (r *result) line(out io.Writer, name, rest string) {
	text := fmt.Sprintf("%-19s %9s %9s %9s %8s %5s  %s", name, rate(r.PerSecond), short(ofMicros(r.P50)), short(ofMicros(r.P99)),
		short(ofMicros(r.CPU)), mebibytes(r.Memory.Own), rest)
	fmt.Fprintln(out, strings.TrimRight(text, " "))
}

// rate formats low rates with one decimal.
func rate(x float64) string {
	if x < 100 {
		return fmt.Sprintf("%.1f", x)
	}
	return thousands(x)
}

func ofMicros(us float64) time.Duration { return time.Duration(us * 1e3) }

// comparison describes the operation relative to this baseline.
func (r *result) comparison() string {
	text := fmt.Sprintf("%.2f ×", r.Ratio)
	if r.Goal > 0 {
		text += fmt.Sprintf(" (goal: %v)", r.Goal)
	}
	if r.CPURatio > 0 {
		text += fmt.Sprintf(", CPU %.1f ×", r.CPURatio)
	}
	if r.P99Ratio > 0 {
		text += fmt.Sprintf(", p99 %.1f ×", r.P99Ratio)
	}
	if r.P99Goal > 0 {
		text += fmt.Sprintf(" (goal: at most %v)", r.P99Goal)
	}
	switch {
	case r.missed():
		text += "  MISSED"
	case r.reached():
		text += "  reached"
	}
	return text
}

// note describes failures.
func (r *result) note() string {
	if r.Failures == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d failed: %s", r.Failures, r.Failures+r.Requests, r.Error)
}

// find returns the operation's result; nil if it was not measured.
func (r *report) find(name string) *result {
	for i := range r.Operations {
		if r.Operations[i].Name == name && r.Operations[i].Error == "" {
			return &r.Operations[i]
		}
	}
	return nil
}

// basicCost describes the cost of Basic authentication of a known caller. eContext
// shows no user without it, so the cost is the difference of two minimal requests,
// relative to that of a user with the generator's share, as in all rates.
func (r *report) basicCost() string {
	with, without, get := r.find("auth-basic"), r.find("auth-none"), r.find("get-econtext")
	if with == nil || without == nil || get == nil || get.CPU == 0 {
		return ""
	}
	cost := with.CPU - without.CPU
	return fmt.Sprintf("Basic authentication of a known caller takes %.1f µs of CPU time (auth-basic minus auth-none): %.2f × the speed of the same GET without (goal: 0.9).",
		cost, (get.CPU+get.OwnCPU-cost)/(get.CPU+get.OwnCPU))
}
