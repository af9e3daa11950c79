package sandbox

import (
	"maps"
	"slices"
)

// Patterns are the calls of the control API.
func Patterns() []string { return slices.Sorted(maps.Keys(calls())) }
