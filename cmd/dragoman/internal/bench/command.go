package bench

import (
	"fmt"

	"github.com/alecthomas/kong"
)

// Command is "bench" on a command line read by kong, which must bind a
// context.Context. It starts the program that it is in again, and calls its
// "serve" with --listen, --store and --seed.
type Command struct {
	Run   runCommand   `cmd:"" default:"withargs" help:"Measure operations of a gateway."`
	Load  loadCommand  `cmd:"" help:"Fill a store with synthetic users. It can be stopped and goes on where it was."`
	Seed  seedCommand  `cmd:"" help:"Print the seed that a gateway must be served with to be a target."`
	Ops   opsCommand   `cmd:"" help:"List the operations."`
	Floor floorCommand `cmd:"" hidden:"" help:"Serve a body that is ready."`
}

type seedCommand struct{ access }

// Run prints the seed.
func (c *seedCommand) Run(app *kong.Context) error {
	_, err := fmt.Fprint(app.Stdout, c.access.seed())
	return err
}

type opsCommand struct{}

// Run prints what the operations are.
func (opsCommand) Run(app *kong.Context) error {
	for _, op := range operations() {
		if _, err := fmt.Fprintf(app.Stdout, "%-19s %s\n", op.name, op.about); err != nil {
			return err
		}
	}
	return nil
}
