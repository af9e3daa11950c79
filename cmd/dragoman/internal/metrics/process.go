package metrics

import (
	"bytes"
	"os"
	"runtime/metrics"
	"strconv"
	"syscall"
	"time"
)

// Process adds what is known of the process and of Go's runtime, under the names
// that dashboards expect.
func (s *Set) Process() {
	started := time.Now()
	s.Gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", func() float64 {
		return float64(started.UnixMilli()) / 1000
	})
	s.Counter("process_cpu_seconds_total", "Processor time used.", cpuSeconds)
	s.Gauge("process_resident_memory_bytes", "Memory resident, the mapped program included.", residentBytes)
	s.Gauge("process_open_fds", "Files and connections open.", openFiles)
	s.Gauge("process_max_fds", "Files and connections that may be open.", maxFiles)
	s.Gauge("go_goroutines", "Goroutines.", runtimeValue("/sched/goroutines:goroutines"))
	s.Gauge("go_memstats_heap_alloc_bytes", "Heap in use by objects.", runtimeValue("/memory/classes/heap/objects:bytes"))
	s.Gauge("go_memstats_sys_bytes", "Memory mapped by the runtime.", runtimeValue("/memory/classes/total:bytes"))
	s.Gauge("go_gc_gomemlimit_bytes", "The soft limit on memory, GOMEMLIMIT.", runtimeValue("/gc/gomemlimit:bytes"))
	s.Counter("go_gc_cycles_total", "Garbage collections.", runtimeValue("/gc/cycles/total:gc-cycles"))
	s.Counter("go_memstats_alloc_bytes_total", "Bytes allocated.", runtimeValue("/gc/heap/allocs:bytes"))
}

func runtimeValue(name string) func() float64 {
	return func() float64 {
		sample := []metrics.Sample{{Name: name}}
		metrics.Read(sample)
		return float64(sample[0].Value.Uint64())
	}
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// residentBytes is 0 where there is no /proc.
func residentBytes() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	fields := bytes.Fields(text)
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, err := strconv.Atoi(string(fields[1]))
	if err != nil {
		return 0
	}
	return float64(pages * os.Getpagesize())
}

// openFiles is 0 where there is no /proc.
func openFiles() float64 {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return float64(len(entries))
}

func maxFiles() float64 {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 0
	}
	return float64(l.Cur)
}
