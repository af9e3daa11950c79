package main

import (
	"bytes"
	"os"
	"strconv"
	"time"
)

// process is what the system says of a process; its methods return 0 where that
// is not known: for process 0, and on systems without /proc.
type process int

// tick is the unit of /proc/PID/stat: USER_HZ, 100 on every Linux.
const tick = 10 * time.Millisecond

// cpu is the time that the process has computed, in itself and for it in the kernel.
func (p process) cpu() time.Duration {
	stat := p.read("stat")
	// The name in brackets may hold anything, so the fields are counted behind it:
	// the state is the third, the times are the 14th and 15th (source: proc(5)).
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(string(fields[11]), 10, 64)
	system, _ := strconv.ParseInt(string(fields[12]), 10, 64)
	return time.Duration(user+system) * tick
}

// memory is bytes of a process's memory.
type memory struct {
	// Own is what nobody else can have: what the process has written.
	Own int64 `json:"own_bytes"`
	// Files is files seen through memory: the program's own, and that of a store
	// which reads so. The system takes it back at will, and counts a page once for
	// each connection that has seen it.
	Files int64 `json:"files_bytes"`
	// Peak is the most that both were at any time.
	Peak int64 `json:"peak_bytes"`
}

func (p process) memory() (m memory) {
	for line := range bytes.Lines(p.read("status")) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch string(name) {
		case "VmRSS":
			m.Own += kilobytes(value)
		case "RssFile":
			m.Files = kilobytes(value)
			m.Own -= m.Files
		case "VmHWM":
			m.Peak = kilobytes(value)
		}
	}
	return m
}

func kilobytes(value []byte) int64 {
	n, _ := strconv.ParseInt(string(bytes.TrimSuffix(bytes.TrimSpace(value), []byte(" kB"))), 10, 64)
	return n << 10
}

func (p process) read(file string) []byte {
	if p == 0 {
		return nil
	}
	text, err := os.ReadFile("/proc/" + strconv.Itoa(int(p)) + "/" + file)
	if err != nil {
		return nil
	}
	return text
}

// self is this process.
func self() process { return process(os.Getpid()) }
