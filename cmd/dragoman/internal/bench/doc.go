// Package bench fills stores with synthetic users and measures a gateway's
// operations, each beside something that it is to be compared with: a bare echo
// handler, the bare cost of a hash or of a commit, another gateway. The machine
// that measures is noisy and the load generator shares its cores, so only the
// ratios within one run mean much: rounds of the operation and of its rivals
// take turns, and the noise meets both.
package bench
