package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// environment is the servers of a run: the gateway to measure, and what it is
// compared with.
type environment struct {
	cmd     *runCommand
	log     io.Writer
	folder  string // for temporary files
	target  *target
	second  *target        // or nil
	floor   *serverProcess // or nil
	idle    memory         // of the gateway before the first request
	ready   time.Duration
	ends    []func() error
	program string // the dragoman binary, once needed
}

// open starts the servers and finds the population.
func (a *environment) open(ctx context.Context, ops []operation) (err error) {
	if a.folder, err = os.MkdirTemp(a.cmd.Folder, "dragoman-bench-"); err != nil {
		return err
	}
	a.ends = append(a.ends, func() error { return os.RemoveAll(a.folder) })
	if a.cmd.Floor && needs(ops, floorBaseline, largeBaseline) {
		if err := a.openFloor(ctx); err != nil {
			return err
		}
	}
	if a.cmd.Second != "" {
		if err := a.openSecond(ctx); err != nil {
			return err
		}
	}
	return a.openTarget(ctx)
}

func (a *environment) openFloor(ctx context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	a.floor, err = startProcess(ctx, program, addr, floorPath, "floor", "--listen", addr)
	if err != nil {
		return err
	}
	a.endWith(a.floor)
	return nil
}

func (a *environment) endWith(c *serverProcess) {
	a.ends = append(a.ends, func() error { c.stop(); return nil })
}

// openTarget connects to the target, or starts the gateway to measure.
func (a *environment) openTarget(ctx context.Context) error {
	if a.cmd.Target != "" {
		u, err := parseTarget(a.cmd.Target)
		if err != nil {
			return err
		}
		a.target = a.newTarget(u.Host, process(a.cmd.PID), a.cmd.Users)
		return a.target.locateUsers(ctx)
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
	a.target = a.newTarget(server.addr, server.process(), a.cmd.Users)
	return a.target.locateUsers(ctx)
}

func (a *environment) openSecond(ctx context.Context) error {
	users := a.cmd.SecondUsers
	if users == 0 {
		users = a.cmd.Users
	}
	server, err := a.serve(ctx, a.cmd.Second, users)
	if err != nil {
		return err
	}
	a.second = a.newTarget(server.addr, server.process(), users)
	return a.second.locateUsers(ctx)
}

func (a *environment) newTarget(addr string, server process, users uint64) *target {
	return &target{addr: addr, server: server, access: a.cmd.access, population: population{a.cmd.Population}, users: users}
}

// processes returns the processes of the run.
func (a *environment) processes() []process {
	all := []process{self(), a.target.server, process(a.cmd.VSPID)}
	if a.second != nil {
		all = append(all, a.second.server)
	}
	if a.floor != nil {
		all = append(all, a.floor.process())
	}
	return all
}

// serve fills the store and starts a gateway on it: once with the seed, and again
// to measure how fast it starts with nothing to do.
func (a *environment) serve(ctx context.Context, dsn string, users uint64) (*serverProcess, error) {
	load := loadCommand{Store: dsn, populationFlags: populationFlags{users, a.cmd.Population}, Batch: 25_000, Schemes: []string{"argon2id"}}
	if err := load.fill(ctx, newProgress(a.log, a.log, users).update); err != nil {
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

func (a *environment) startServer(ctx context.Context, dsn string, more ...string) (*serverProcess, error) {
	var err error
	if a.program == "" {
		if a.program, err = gatewayProgram(ctx, a.cmd.Dragoman, a.folder); err != nil {
			return nil, err
		}
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	args := append([]string{"serve", "--listen", addr, "--store", dsn}, more...)
	return startProcess(ctx, a.program, addr, "/_dragoman/ready", append(args, a.cmd.serveFlags()...)...)
}

// serveFlags returns the arguments after "--".
func (c *runCommand) serveFlags() []string {
	if len(c.ServeFlags) > 0 && c.ServeFlags[0] == "--" {
		return c.ServeFlags[1:]
	}
	return c.ServeFlags
}

// close undoes what open did, in reverse order.
func (a *environment) close() (err error) {
	for i := len(a.ends) - 1; i >= 0; i-- {
		err = errors.Join(err, a.ends[i]())
	}
	return err
}
