package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// tick is the unit of /proc/stat: USER_HZ, 100 on every Linux.
const tick = 10 * time.Millisecond

// busy returns the CPU time of all cores since the machine started; 0 if unknown.
func busy() (sum time.Duration) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	for i, field := range bytes.Fields(line) {
		// cpu user nice system idle iowait irq softirq steal ... (source: proc(5));
		// The later fields are contained in user and nice.
		if i == 0 || i == 4 || i == 5 || i > 8 {
			continue
		}
		n, _ := strconv.ParseInt(string(field), 10, 64)
		sum += time.Duration(n) * tick
	}
	return sum
}

// otherLoad measures the CPU use of other programs: if it is high, even ratios
// mean little.
type otherLoad struct {
	ours       []process
	busy, used time.Duration
	since      time.Time
}

func watchOtherLoad(ours ...process) *otherLoad {
	c := &otherLoad{ours: ours, since: time.Now()}
	c.busy, c.used = busy(), c.own()
	return c
}

func (c *otherLoad) own() (sum time.Duration) {
	for _, p := range c.ours {
		sum += p.cpu()
	}
	return sum
}

// cores returns how many cores other programs kept busy.
func (c *otherLoad) cores() float64 {
	others := (busy() - c.busy) - (c.own() - c.used)
	return max(others.Seconds()/time.Since(c.since).Seconds(), 0)
}

// String returns a sentence; "" if the load is negligible.
func (c *otherLoad) String() string {
	n := c.cores()
	if n < 0.05 {
		return ""
	}
	return fmt.Sprintf("Other programs kept %.1f cores busy.", n)
}
