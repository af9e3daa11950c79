package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// runCommand measures operations.
type runCommand struct {
	Target string `help:"Measure this gateway, whose store holds the crowd, and CHANGE the crowd's users in it. Without it, one is started on this machine." placeholder:"URL"`
	PID    int    `name:"pid" help:"The target's process, to see its computing time and memory." placeholder:"PID"`
	Data   string `help:"Start the gateway on this store, which is filled if need be; default: a new SQLite file, removed at the end." placeholder:"DSN"`
	Folder string `default:"." help:"Make temporary files here. Durable writes cost nothing in a folder in memory, as /tmp may be." placeholder:"DIR"`
	crowdFlags
	access

	Ops         []string      `help:"Measure these only; a name may end in *. Default: all." placeholder:"NAME"`
	Connections int           `default:"64" help:"Connections that ask at once." placeholder:"N"`
	Time        time.Duration `default:"5s" help:"Measure each operation, and each of its rivals, for so long." placeholder:"TIME"`
	Rounds      int           `default:"5" help:"Rounds that this time is cut into; in each, an operation and its rivals take turns." placeholder:"N"`
	Floor       bool          `default:"true" negatable:"" help:"Compare with what cannot be beaten: an echo handler that writes one body, the bare hash, the bare store."`
	vsFlags
	Second      string `help:"Start a second gateway on this store, as a rival of the first in every operation." placeholder:"DSN"`
	SecondUsers uint64 `help:"How many users the second store is to have; default: as the first." placeholder:"N"`
	JSON        string `name:"json" help:"Write what came out into this file too." placeholder:"FILE"`

	// ServeFlags are for the gateway that is started.
	ServeFlags []string
}

// Bounds of what one run may ask for.
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
		return fmt.Errorf("--folder: %s is no folder", c.Folder)
	}
	switch {
	case c.Connections < 1 || c.Connections > maxConnections:
		return fmt.Errorf("--connections: from 1 to %d", maxConnections)
	case c.Time <= 0 || c.Time > maxTime:
		return fmt.Errorf("--time: more than nothing, at most %s", maxTime)
	case c.Rounds < 1 || c.Rounds > maxRounds:
		return fmt.Errorf("--rounds: from 1 to %d", maxRounds)
	case c.Target != "" && (c.Data != "" || len(c.ServeFlags) > 0):
		return errors.New("--target is a gateway that runs already: --data and flags for another one have no use")
	case c.Target == "" && c.PID != 0:
		return errors.New("--pid is about --target")
	}
	if c.Target != "" {
		if _, err := parseTarget(c.Target); err != nil {
			return fmt.Errorf("--target: %w", err)
		}
	}
	return errors.Join(c.crowdFlags.Validate(), c.vsFlags.check(c.Target))
}

// Run measures and reports each operation as soon as it is done.
func (c *runCommand) Run(ctx context.Context, stdout, stderr io.Writer) (err error) {
	ops, err := choose(c.Ops)
	if err != nil {
		return err
	}
	a := &arena{cmd: c, news: stderr}
	defer func() { err = errors.Join(err, a.close()) }()
	if err := a.open(ctx, ops); err != nil {
		return err
	}
	r := newReport(c, a)
	r.begin(stdout)
	for _, op := range ops {
		res, err := a.measure(ctx, op)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.take(stdout, op, res, err)
	}
	r.end(stdout)
	if c.JSON != "" {
		err = r.save(c.JSON)
	}
	return errors.Join(err, r.failure())
}

// needs tells whether one of the operations has that rival.
func needs(ops []operation, rivals ...string) bool {
	return slices.ContainsFunc(ops, func(op operation) bool {
		return slices.ContainsFunc(op.rivals, func(r rival) bool { return slices.Contains(rivals, r.name) })
	})
}
