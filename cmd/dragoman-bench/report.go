package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"
)

// report holds the results of a run, as written to a file.
type report struct {
	Time        time.Time `json:"time"`
	Machine     string    `json:"machine"`
	Cores       int       `json:"cores"`
	Go          string    `json:"go"`
	Target      string    `json:"target,omitempty"` // unless the run started it
	Users       uint64    `json:"users"`
	Connections int       `json:"connections"`
	Seconds     float64   `json:"seconds"` // of each series
	Rounds      int       `json:"rounds"`
	Ready       float64   `json:"ready_ms,omitempty"` // from the start to the first response
	Idle        memory    `json:"idle_memory"`        // before the first request
	Memory      memory    `json:"memory"`             // at the end
	Others      float64   `json:"cores_of_others"`    // busy with other programs
	Operations  []result  `json:"operations"`

	server    process
	otherLoad *otherLoad
}

func newReport(c *runCommand, a *environment) *report {
	return &report{
		Time: time.Now().UTC(), Machine: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.GOMAXPROCS(0), Go: runtime.Version(),
		Target: c.Target, Users: c.Users, Connections: c.Connections, Seconds: c.Time.Seconds(), Rounds: c.Rounds,
		Ready: a.ready.Seconds() * 1e3, Idle: a.idle, server: a.target.server, otherLoad: watchOtherLoad(a.processes()...),
	}
}

// take prints and keeps the result of one operation.
func (r *report) take(out io.Writer, op operation, m *comparison, err error) {
	if err != nil {
		failed := result{Name: op.name, About: op.about, Error: err.Error()}
		r.Operations = append(r.Operations, failed)
		fmt.Fprintf(out, "%-19s failed: %s\n", op.name, err)
		return
	}
	res := m.result()
	r.Operations = append(r.Operations, res)
	res.print(out)
}

// begin prints the conditions of the run.
func (r *report) begin(out io.Writer) {
	fmt.Fprintf(out, "%d cores, %s, %s. %d connections, %d rounds, %s for each series. %s users.\n",
		r.Cores, r.Machine, r.Go, r.Connections, r.Rounds, time.Duration(r.Seconds*float64(time.Second)), thousands(float64(r.Users)))
	if r.Ready > 0 {
		fmt.Fprintf(out, "The gateway answered %.0f ms after its start and used %s.\n", r.Ready, r.Idle)
	}
	fmt.Fprintf(out, "\n%-19s %9s %9s %9s %8s %5s  %s\n", "operation", "req/s", "p50", "p99", "CPU/req", "MiB", "the operation relative to its baseline")
}

// end prints the results of the whole run.
func (r *report) end(out io.Writer) {
	r.Memory = r.server.memory()
	if r.Memory.Peak > 0 {
		fmt.Fprintf(out, "\nAt the end the gateway uses %s.\n", r.Memory)
	}
	r.Others = r.otherLoad.cores()
	if text := r.otherLoad.String(); text != "" {
		fmt.Fprintln(out, text)
	}
	if cost := r.basicCost(); cost != "" {
		fmt.Fprintln(out, cost)
	}
}

// save writes the report.
func (r *report) save(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// errUnexpectedResponses ends a run with meaningless numbers.
var errUnexpectedResponses = errors.New("some operations failed, or returned unexpected responses")

// failure returns an error if there was an unexpected response. A missed goal is
// not a failure.
func (r *report) failure() error {
	for _, op := range r.Operations {
		if op.Error != "" || op.Failures > 0 {
			return errUnexpectedResponses
		}
	}
	return nil
}
