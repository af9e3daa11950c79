package onapp

import (
	"cmp"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// inOrder sorts faults as the panel's form has its attributes; what the form does not have comes last, as found.
func inOrder(faults []core.Fault) []core.Fault {
	place := func(f core.Fault) int {
		if i := slices.Index(formOrder, f.Field); i >= 0 {
			return i
		}
		return len(formOrder)
	}
	slices.SortStableFunc(faults, func(a, b core.Fault) int { return cmp.Compare(place(a), place(b)) })
	return faults
}
