package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// arena is where a run takes place: the gateway to be measured, and what it is
// compared with.
type arena struct {
	cmd    *runCommand
	news   io.Writer
	folder string // for temporary files
	world  *world
	second *world // or nil
	floor  *child // or nil
	idle   memory // of the gateway before the first request
	ready  time.Duration
	ends   []func() error
}

// open starts what is to be started and finds the crowd.
func (a *arena) open(ctx context.Context, ops []operation) (err error) {
	if a.folder, err = os.MkdirTemp(a.cmd.Folder, "dragoman-bench-"); err != nil {
		return err
	}
	a.ends = append(a.ends, func() error { return os.RemoveAll(a.folder) })
	if a.cmd.Floor && needs(ops, floorRival, largeRival) {
		if err := a.openFloor(ctx); err != nil {
			return err
		}
	}
	if a.cmd.Second != "" {
		if err := a.openSecond(ctx); err != nil {
			return err
		}
	}
	return a.openWorld(ctx)
}

func (a *arena) openFloor(ctx context.Context) error {
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	a.floor, err = startChild(ctx, addr, floorPath, "bench", "floor", "--listen", addr)
	if err != nil {
		return err
	}
	a.endWith(a.floor)
	return nil
}

func (a *arena) endWith(c *child) {
	a.ends = append(a.ends, func() error { c.stop(); return nil })
}

// openWorld finds the target, or starts the gateway to be measured.
func (a *arena) openWorld(ctx context.Context) error {
	if a.cmd.Target != "" {
		u, err := parseTarget(a.cmd.Target)
		if err != nil {
			return err
		}
		a.world = a.newWorld(u.Host, process(a.cmd.PID), a.cmd.Users)
		return a.world.explore(ctx)
	}
	dsn := a.cmd.Data
	if dsn == "" {
		dsn = "sqlite:" + filepath.Join(a.folder, "bench.db")
	}
	server, err := a.serve(ctx, dsn, a.cmd.Users)
	if err != nil {
		return err
	}
	a.ready = server.ready
	a.idle = server.process().memory()
	a.world = a.newWorld(server.addr, server.process(), a.cmd.Users)
	return a.world.explore(ctx)
}

func (a *arena) openSecond(ctx context.Context) error {
	users := a.cmd.SecondUsers
	if users == 0 {
		users = a.cmd.Users
	}
	server, err := a.serve(ctx, a.cmd.Second, users)
	if err != nil {
		return err
	}
	a.second = a.newWorld(server.addr, server.process(), users)
	return a.second.explore(ctx)
}

func (a *arena) newWorld(addr string, server process, users uint64) *world {
	return &world{addr: addr, server: server, access: a.cmd.access, crowd: crowd{a.cmd.Crowd}, users: users}
}

// processes are those that work for the run.
func (a *arena) processes() []process {
	all := []process{self(), a.world.server, process(a.cmd.VSPID)}
	if a.second != nil {
		all = append(all, a.second.server)
	}
	if a.floor != nil {
		all = append(all, a.floor.process())
	}
	return all
}

// serve fills the store and starts a gateway on it: once to let the access in,
// and once more to see how fast it starts when there is nothing to do.
func (a *arena) serve(ctx context.Context, dsn string, users uint64) (*child, error) {
	load := loadCommand{crowdFlags: crowdFlags{users, a.cmd.Crowd}, Batch: 25_000, Schemes: []string{"argon2id"}}
	if err := load.fill(ctx, dsn, newProgress(a.news, a.news, users).update); err != nil {
		return nil, fmt.Errorf("filling the store: %w", err)
	}
	seed := filepath.Join(a.folder, "seed.yaml")
	if err := os.WriteFile(seed, []byte(a.cmd.access.seed()), 0o600); err != nil {
		return nil, err
	}
	first, err := a.startServer(ctx, dsn, "--seed", seed)
	if err != nil {
		return nil, err
	}
	first.stop()
	server, err := a.startServer(ctx, dsn)
	if err != nil {
		return nil, err
	}
	a.endWith(server)
	return server, nil
}

func (a *arena) startServer(ctx context.Context, dsn string, more ...string) (*child, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	args := append([]string{"serve", "--listen", addr, "--store", dsn}, more...)
	return startChild(ctx, addr, "/_dragoman/ready", append(args, a.cmd.serveFlags()...)...)
}

// serveFlags are what stands behind the "--" of the command line.
func (c *runCommand) serveFlags() []string {
	if len(c.ServeFlags) > 0 && c.ServeFlags[0] == "--" {
		return c.ServeFlags[1:]
	}
	return c.ServeFlags
}

// close undoes what open did, in the other direction.
func (a *arena) close() (err error) {
	for i := len(a.ends) - 1; i >= 0; i-- {
		err = errors.Join(err, a.ends[i]())
	}
	return err
}
