//go:build unix

package passwd

import (
	"syscall"
	"time"
)

// processCPU is the time that all threads of the process spent so far, 0 if unknown.
func processCPU() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
