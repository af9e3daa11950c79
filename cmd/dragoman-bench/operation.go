package main

import (
	"fmt"
	"slices"
	"strings"
)

// operation is one thing that clients do, and what it is compared with.
type operation struct {
	name, about string
	// in says how it is asked for in a world.
	in func(*target) requestSpec
	// conns is how many connections ask at once; 0 is as many as the flags say.
	conns int
	// rivals are what it takes turns with.
	baselines []baseline
	// beside names an operation that goes on all the time meanwhile.
	background string
}

// ask is an operation's requests in one world.
type requestSpec struct {
	request render
	picks   uint64 // how many targets there are
	inTurn  bool
	status  int
	// rehearse is how many targets are asked for once before the measurement.
	warmUp uint64
}

// rival names what an operation is compared with, and how it is to come off.
type baseline struct {
	name string
	goal float64 // its rate divided by the rival's is to be at least this; 0: no goal
	late float64 // its p99 divided by the rival's is to be at most this; 0: no goal
}

// The rivals that are no operations.
const (
	floorBaseline  = "floor"       // echo, writing 645 bytes
	largeBaseline  = "floor-large" // echo, writing 64 KB
	hashBaseline   = "hash"        // all cores hashing, with nothing around it
	commitBaseline = "commit"      // the store alone, one durable commit for each change
	writerBaseline = "writer"      // the store alone, changed from as many sides as there are connections
)

// hot is how many targets a warm operation has: few enough for any memory.
const hot = 1000

// operations are all there are, in the order in which they are measured.
func operations() []operation {
	return slices.Concat(readOperations(), listOperations(), writeOperations(), authOperations())
}

// choose picks operations by name; a name that ends in * stands for all that
// start like it. None is all.
func choose(names []string) ([]operation, error) {
	all := operations()
	if len(names) == 0 {
		return all, nil
	}
	var chosen []operation
	for _, op := range all {
		if slices.ContainsFunc(names, func(name string) bool { return fits(name, op.name) }) {
			chosen = append(chosen, op)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(all, func(op operation) bool { return fits(name, op.name) }) {
			return nil, fmt.Errorf("there is no operation %q; there are %s", name, strings.Join(namesOf(all), ", "))
		}
	}
	return chosen, nil
}

func fits(pattern, name string) bool {
	start, open := strings.CutSuffix(pattern, "*")
	return pattern == name || open && strings.HasPrefix(name, start)
}

func namesOf(ops []operation) []string {
	names := make([]string, len(ops))
	for i, op := range ops {
		names[i] = op.name
	}
	return names
}

// byName finds an operation that the table itself names.
func byName(name string) (operation, bool) {
	all := operations()
	i := slices.IndexFunc(all, func(op operation) bool { return op.name == name })
	if i < 0 {
		return operation{}, false
	}
	return all[i], true
}
