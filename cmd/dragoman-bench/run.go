package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// runCommand measures operations.
type runCommand struct {
	Target   string `help:"Measure this gateway, whose store holds the population, and CHANGE the population's users in it. Default: start a gateway on this machine." placeholder:"URL"`
	PID      int    `name:"pid" help:"The target's process, to measure its CPU time and memory." placeholder:"PID"`
	Dragoman string `help:"Gateway binary to start. Default: dragoman next to this program, or else a new build." placeholder:"PATH"`
	Data     string `help:"Start the gateway on this store, which is filled if necessary. Default: a new SQLite file, removed at the end." placeholder:"DSN"`
	Folder   string `default:"." help:"Folder for temporary files. On a file system in memory, as /tmp may be, durable writes cost nothing." placeholder:"DIR"`
	populationFlags
	access

	Ops         []string      `help:"Measure only these operations; a name may end in *. Default: all." placeholder:"NAME"`
	Connections int           `default:"64" help:"Concurrent connections." placeholder:"N"`
	Time        time.Duration `default:"5s" help:"Time to measure each operation, and each of its baselines." placeholder:"TIME"`
	Rounds      int           `default:"5" help:"Rounds that this time is divided into; an operation and its baselines alternate in each." placeholder:"N"`
	Floor       bool          `default:"true" negatable:"" help:"Compare with lower bounds: an echo handler that writes one body, the bare hash, the bare store."`
	vsFlags
	Second      string `help:"Start a second gateway on this store, as a baseline of every operation." placeholder:"DSN"`
	SecondUsers uint64 `help:"Number of users of the second store; default: as the first." placeholder:"N"`
	JSON        string `name:"json" help:"Also write the results to this file." placeholder:"FILE"`

	ServeFlags []string `arg:"" optional:"" passthrough:"" help:"Flags for the gateway that is started, after --."`
}

// Bounds of the flags.
const (
	maxConnections = 10_000
	maxTime        = 10 * time.Minute
	maxRounds      = 1000
)

// Validate checks the flags.
func (c *runCommand) Validate() error {
	if _, err := choose(c.Ops); err != nil {
		return fmt.Errorf("--ops: %w", err)
	}
	if info, err := os.Stat(c.Folder); err != nil || !info.IsDir() {
		return fmt.Errorf("--folder: %s is not a folder", c.Folder)
	}
	switch {
	case c.Connections < 1 || c.Connections > maxConnections:
		return fmt.Errorf("--connections: from 1 to %d", maxConnections)
	case c.Time <= 0 || c.Time > maxTime:
		return fmt.Errorf("--time: positive, at most %s", maxTime)
	case c.Rounds < 1 || c.Rounds > maxRounds:
		return fmt.Errorf("--rounds: from 1 to %d", maxRounds)
	case c.Target != "" && (c.Data != "" || len(c.ServeFlags) > 0):
		return errors.New("--target is a running gateway: --data and flags after -- do not apply")
	case c.Target == "" && c.PID != 0:
		return errors.New("--pid needs --target")
	}
	if c.Target != "" {
		if _, err := parseTarget(c.Target); err != nil {
			return fmt.Errorf("--target: %w", err)
		}
	}
	return errors.Join(c.populationFlags.Validate(), c.vsFlags.check(c.Target))
}

// Run measures and reports each operation as soon as it is done.
func (c *runCommand) Run(ctx context.Context, std streams) (err error) {
	ops, err := choose(c.Ops)
	if err != nil {
		return err
	}
	a := &environment{cmd: c, log: std.err}
	defer func() { err = errors.Join(err, a.close()) }()
	if err := a.open(ctx, ops); err != nil {
		return err
	}
	r := newReport(c, a)
	r.begin(std.out)
	for _, op := range ops {
		res, err := a.measure(ctx, op)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.take(std.out, op, res, err)
	}
	r.end(std.out)
	if c.JSON != "" {
		err = r.save(c.JSON)
	}
	return errors.Join(err, r.failure())
}

// needs reports whether one of the operations has one of the baselines.
func needs(ops []operation, baselines ...string) bool {
	return slices.ContainsFunc(ops, func(op operation) bool {
		return slices.ContainsFunc(op.baselines, func(r baseline) bool { return slices.Contains(baselines, r.name) })
	})
}
