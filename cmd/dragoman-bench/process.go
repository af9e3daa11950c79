package main

import (
	"bytes"
	"os"
	"strconv"
)

// process is a process ID. Its methods return 0 if the value is unknown: for
// process 0, and on systems other than Linux.
type process int

// memory is a process's memory in bytes.
type memory struct {
	// Own is private memory: what the process has written.
	Own int64 `json:"own_bytes"`
	// Files is mapped files: the program and a mapped store. The system can reclaim
	// it, and counts a page once for each mapping.
	Files int64 `json:"files_bytes"`
	// Peak is the maximum of both together.
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

// self returns this process.
func self() process { return process(os.Getpid()) }
