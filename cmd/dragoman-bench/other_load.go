package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// busy is how long all cores together have computed since the machine started; 0
// where that is not known.
func busy() (sum time.Duration) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	for i, field := range bytes.Fields(line) {
		// cpu user nice system idle iowait irq softirq steal ... (source: proc(5));
		// what comes behind is in user and nice already.
		if i == 0 || i == 4 || i == 5 || i > 8 {
			continue
		}
		n, _ := strconv.ParseInt(string(field), 10, 64)
		sum += time.Duration(n) * tick
	}
	return sum
}

// company watches what other programs compute meanwhile: beside much of it, even
// ratios are worth little.
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

// cores is how many cores others kept busy.
func (c *otherLoad) cores() float64 {
	others := (busy() - c.busy) - (c.own() - c.used)
	return max(others.Seconds()/time.Since(c.since).Seconds(), 0)
}

// String says it in a sentence; "" if there is nothing worth a word.
func (c *otherLoad) String() string {
	n := c.cores()
	if n < 0.05 {
		return ""
	}
	return fmt.Sprintf("Other programs kept %.1f cores busy meanwhile.", n)
}
