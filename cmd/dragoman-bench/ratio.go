package main

import (
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// ratioPairs is how many pairs of rounds a ratio is the median of.
const ratioPairs = 200

// ratio prints how many requests the second handler answers for each of the first, in
// the same CPU time: the median of pairs of rounds, which alternate, and what the middle
// half of the pairs lies between. The collector of garbage runs between the pairs, where
// its time is not counted; what it depends on is printed beside, as the bytes that the
// first handler allocates for each of the second.
func (b *sandboxBench) ratio(name string, first, second http.Handler) error {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	handlers := [2]http.Handler{first, second}
	for _, h := range handlers { // what only the first requests do
		if _, err := b.round(h); err != nil {
			return err
		}
	}
	cpu, allocated := make([]float64, ratioPairs), make([]float64, ratioPairs)
	for pair := range ratioPairs {
		var rounds [2]cost
		runtime.GC()
		for turn := range rounds {
			i := (pair + turn) % 2
			var err error
			if rounds[i], err = b.round(handlers[i]); err != nil {
				return err
			}
		}
		cpu[pair] = rounds[0].cpu.Seconds() / rounds[1].cpu.Seconds()
		allocated[pair] = float64(rounds[0].allocated) / float64(rounds[1].allocated)
	}
	slices.Sort(cpu)
	slices.Sort(allocated)
	_, err := fmt.Fprintf(b.out, "%-38s %10.3f, half of %d pairs %.3f to %.3f; bytes allocated %.3f\n", name,
		cpu[ratioPairs/2], ratioPairs, cpu[ratioPairs/4], cpu[3*ratioPairs/4], allocated[ratioPairs/2])
	return err
}

// cost is what a round of requests takes.
type cost struct {
	cpu       time.Duration
	allocated uint64 // bytes
}

func (b *sandboxBench) round(h http.Handler) (c cost, err error) {
	before := spent()
	for range b.Requests {
		if err := ask(h); err != nil {
			return c, err
		}
	}
	after := spent()
	return cost{after.cpu - before.cpu, after.allocated - before.allocated}, nil
}

// spent is what this process has taken until now.
func spent() cost {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return cost{self().cpu(), m.TotalAlloc}
}
