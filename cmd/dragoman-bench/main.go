// Command dragoman-bench fills stores with synthetic users and measures a
// gateway's operations, each beside a baseline: a bare echo handler, the bare cost
// of a hash or of a commit, another gateway. The load generator shares the
// machine's cores with what it measures, so mainly the ratios within one run are
// meaningful: rounds of an operation and of its baselines alternate, and noise
// affects both.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := runArgs(ctx, os.Stdout, os.Stderr, os.Args[1:]...)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintf(os.Stderr, "dragoman-bench: %v\n", err)
	os.Exit(exitCode(err))
}
