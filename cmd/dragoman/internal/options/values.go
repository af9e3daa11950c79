package options

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// size is a number of bytes.
type size int64

func (s *size) String() string { return strconv.FormatInt(int64(*s), 10) }
func (s *size) Type() string   { return "SIZE" }
func (s *size) Set(text string) error {
	n, err := parseSize(text)
	*s = size(n)
	return err
}

// list is a list of texts. What is given takes the place of the default; given
// again, it is added.
type list struct {
	target *[]string
	whole  bool // commas are part of a text
	given  bool
}

func (l *list) String() string { return strings.Join(*l.target, ",") }
func (l *list) Type() string   { return "TEXT" }
func (l *list) Set(text string) error {
	more := []string{text}
	if !l.whole {
		more = splitList(text)
	}
	if l.given {
		more = append(*l.target, more...)
	}
	*l.target, l.given = more, true
	return nil
}

func splitList(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// prefixes are networks.
type prefixes struct {
	target *[]netip.Prefix
	given  bool
}

func (p *prefixes) String() string { return fmt.Sprint(*p.target) }
func (p *prefixes) Type() string   { return "CIDR" }
func (p *prefixes) Set(text string) error {
	var list []netip.Prefix
	for _, one := range splitList(text) {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(one))
		if err != nil {
			return err
		}
		list = append(list, prefix)
	}
	if p.given {
		list = append(*p.target, list...)
	}
	*p.target, p.given = list, true
	return nil
}

// choice is a value of which only some are taken.
type choice struct {
	pflag.Value
	of []string
}

func (c choice) Set(text string) error {
	if !slices.Contains(c.of, text) {
		return fmt.Errorf("must be one of %s", strings.Join(c.of, ", "))
	}
	return c.Value.Set(text)
}

// named is a value with a name of its own in help.
type named struct {
	pflag.Value
	name string
}

func (n named) Type() string { return n.name }
