package gateway

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// Defaults are the settings of a gateway that is not configured by flags of a program.
type Defaults struct {
	Limits    Limits       `embed:""`
	Passwords Passwords    `embed:""`
	Adoption  Adoption     `embed:""`
	Dialects  kong.Plugins `embed:""`
	Rows      []*Row       `kong:"-"`
}

// NewDefaults returns settings with the values of args, in the form of the program's
// flags such as "--onapp-version=4.2.0", and else the defaults.
func NewDefaults(args ...string) (*Defaults, error) {
	d := &Defaults{Rows: Table()}
	for _, r := range d.Rows {
		d.Dialects = append(d.Dialects, r.Flags())
	}
	parser, err := kong.New(d, kong.NamedMapper("size", kong.MapperFunc(DecodeSize)), kong.NoDefaultHelp())
	if err != nil {
		return nil, err
	}
	if _, err := parser.Parse(args); err != nil {
		return nil, &Error{BadSettings, err}
	}
	return d, nil
}

// DecodeSize decodes a flag of kong's type "size", such as "64KiB" or a plain number of bytes.
func DecodeSize(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("size", &text); err != nil {
		return err
	}
	n, err := parseSize(text)
	if err != nil {
		return err
	}
	target.SetInt(n)
	return nil
}

// parseSize parses a number of bytes: "512", "64KiB", "15MiB", "1GiB".
func parseSize(text string) (int64, error) {
	digits, factor := text, int64(1)
	for i, unit := range []string{"KiB", "MiB", "GiB"} {
		if rest, ok := strings.CutSuffix(text, unit); ok {
			digits, factor = strings.TrimSpace(rest), 1<<(10*(i+1))
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/factor {
		return 0, fmt.Errorf("%q is not a size: use a number of bytes, or one with KiB, MiB or GiB", text)
	}
	return n * factor, nil
}
