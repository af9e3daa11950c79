package main

import (
	"fmt"
	"slices"
	"strings"
)

// operation is one kind of client request and its baselines.
type operation struct {
	name, about string
	// in returns its requests to a target.
	in func(*target) requestSpec
	// conns is the number of connections; 0 is that of --connections.
	conns int
	// baselines alternate with it.
	baselines []baseline
	// background names an operation that runs at the same time.
	background string
}

// requestSpec describes an operation's requests to one target.
type requestSpec struct {
	request render
	picks   uint64 // number of objects that requests are about
	inTurn  bool
	status  int
	// warmUp is how many of the objects are requested once before the measurement.
	warmUp uint64
}

// baseline names what an operation is compared with, and the goals.
type baseline struct {
	name string
	goal float64 // minimum of the operation's rate divided by the baseline's; 0: no goal
	late float64 // maximum of the operation's p99 divided by the baseline's; 0: no goal
}

// The baselines that are not operations.
const (
	floorBaseline  = "floor"       // echo, writing 645 bytes
	largeBaseline  = "floor-large" // echo, writing 64 KB
	hashBaseline   = "hash"        // all cores hashing, and nothing else
	commitBaseline = "commit"      // the store alone, one durable commit for each change
	writerBaseline = "writer"      // the store alone, with as many concurrent updates as there are connections
)

// hot is the number of objects of a warm operation: they fit into any cache.
const hot = 1000

// operations returns all operations, in the order in which they are measured.
func operations() []operation {
	return slices.Concat(readOperations(), listOperations(), writeOperations(), authOperations())
}

// choose returns operations by name; a name that ends in * matches a prefix. No
// names choose all.
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
			return nil, fmt.Errorf("unknown operation %q; known are %s", name, strings.Join(namesOf(all), ", "))
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

// byName returns an operation of the table.
func byName(name string) (operation, bool) {
	all := operations()
	i := slices.IndexFunc(all, func(op operation) bool { return op.name == name })
	if i < 0 {
		return operation{}, false
	}
	return all[i], true
}
