package sqldb

import (
	"fmt"
	"strconv"
	"strings"
)

// DefaultCache is how much memory objects may take unless a DSN says otherwise.
const DefaultCache = 64 << 20

// ParseBytes reads a number of bytes, which may end in KiB, MiB or GiB.
func ParseBytes(s string) (int64, error) {
	number, shift := s, 0
	for unit, n := range map[string]int{"KiB": 10, "MiB": 20, "GiB": 30} {
		if cut, ok := strings.CutSuffix(s, unit); ok {
			number, shift = cut, n
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > 1<<62>>shift {
		return 0, fmt.Errorf("%q is not a number of bytes, such as 64MiB", s)
	}
	return n << shift, nil
}
