package syncano

import "slices"

// unique sorts the ids and leaves each once.
func unique(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}
