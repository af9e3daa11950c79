package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpu returns the CPU time of the process, in user and kernel mode, in nanoseconds: the
// ticks of /proc/PID/stat are longer than much of what is measured.
func (p process) cpu() time.Duration {
	if p == 0 {
		return 0
	}
	// The clock of another process, as clock_getcpuclockid(3) makes its number.
	const scheduled = 2
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^p<<3|scheduled), &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
