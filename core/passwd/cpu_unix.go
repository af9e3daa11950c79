//go:build unix

package passwd

import (
	"syscall"
	"time"
)

// processCPU returns the CPU time of all threads of the process so far; 0 if it is not known.
func processCPU() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
