package rubydate

import (
	"bytes"
	"embed"
	"strconv"
	"strings"
)

// files has zones.txt, which zones.rb writes: a line for each zone that Ruby knows, with its
// name and its offset from UTC in seconds.
//
//go:embed zones.txt
var files embed.FS

var (
	timeWords = pattern(`\s+(standard|daylight)\s+time\z`)
	offset    = pattern(`\A(?:gmt|utc?)?([-+])(.*)`)
)

// offsetOf returns a zone's offset from UTC in seconds, and whether the zone is known. Offsets are
// "+2", "+0200", "+02:00", "+2.5", and each of them after "GMT" or "UTC".
func offsetOf(zone string) (seconds int, known bool) {
	name := strings.Join(strings.Fields(strings.ToLower(zone)), " ")
	summer := false
	if g := timeWords().FindStringSubmatch(name); g != nil {
		summer = g[1] == "daylight"
		name = strings.TrimSuffix(name, g[0])
	} else if bare, ok := strings.CutSuffix(name, " dst"); ok {
		name, summer = bare, true
	}
	if seconds, known = namedOffset(name); known {
		if summer {
			seconds += 3600
		}
		return seconds, true
	}
	g := offset().FindStringSubmatch(name)
	if g == nil {
		return 0, false
	}
	if seconds, known = offsetIn(g[2]); g[1] == "-" {
		seconds = -seconds
	}
	return seconds, known
}

func namedOffset(name string) (seconds int, known bool) {
	zones, err := files.ReadFile("zones.txt")
	if err != nil {
		return 0, false
	}
	for line := range bytes.Lines(zones) {
		if text, ok := bytes.CutPrefix(line, []byte(name+"=")); ok {
			seconds, err := strconv.Atoi(string(bytes.TrimSpace(text)))
			return seconds, err == nil
		}
	}
	return 0, false
}

// offsetIn reads hours, minutes and seconds with colons, hours with a fraction, or digits.
func offsetIn(text string) (seconds int, known bool) {
	if hours, rest, ok := strings.Cut(text, ":"); ok {
		minutes, rest, _ := strings.Cut(rest, ":")
		return clockOffset(hours, minutes, rest)
	}
	if at := strings.IndexAny(text, ",."); at >= 0 {
		part, err := strconv.ParseFloat("0."+text[at+1:], 64)
		seconds, known = clockOffset(text[:at], "", "")
		return seconds + int(part*3600+0.5), known && err == nil
	}
	first := 2 - len(text)%2
	hours, rest := text[:min(first, len(text))], text[min(first, len(text)):]
	minutes, rest := rest[:min(2, len(rest))], rest[min(2, len(rest)):]
	return clockOffset(hours, minutes, rest[:min(2, len(rest))])
}

func clockOffset(hours, minutes, seconds string) (int, bool) {
	var n [3]int
	for i, text := range []string{hours, minutes, seconds} {
		if text == "" {
			continue
		}
		var err error
		if n[i], err = strconv.Atoi(text); err != nil {
			return 0, false
		}
	}
	return n[0]*3600 + n[1]*60 + n[2], n[0] < 24 && n[1] < 60 && n[2] < 60
}
