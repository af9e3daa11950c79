package options_test

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/options"
)

type inner struct {
	Count uint32 `default:"3" help:"How many." placeholder:"N"`
}

type all struct {
	Word     string         `default:"${word}" help:"A word."`
	Short    string         `default:"a" enum:"a,b" help:"One of two."`
	Yes      bool           `default:"true" negatable:"" help:"Whether."`
	MaxBytes int64          `default:"4KiB" type:"size" help:"A size."`
	Number   int64          `help:"A number."`
	Wait     time.Duration  `default:"5s" help:"How long."`
	List     []string       `default:"x,y" help:"Some."`
	Headers  []string       `sep:"none" help:"Some with commas."`
	Nets     []netip.Prefix `help:"Networks."`
	Renamed  float64        `name:"other" default:"1.5" help:"Another name."`
	inner
	Under inner `embed:"" prefix:"under-" group:"Under"`
	Plain string
}

func parse(t *testing.T, args ...string) (*all, *pflag.FlagSet, error) {
	t.Helper()
	target, fs := new(all), pflag.NewFlagSet("", pflag.ContinueOnError)
	if err := options.Add(fs, target, map[string]string{"word": "given"}); err != nil {
		t.Fatal(err)
	}
	return target, fs, fs.Parse(args)
}

func TestFieldsAreSetByTheirFlags(t *testing.T) {
	want := all{Word: "given", Short: "a", Yes: true, MaxBytes: 4096, Wait: 5 * time.Second, List: []string{"x", "y"}, Renamed: 1.5,
		inner: inner{3}, Under: inner{3}}
	if got, _, err := parse(t); err != nil || !reflect.DeepEqual(*got, want) {
		t.Errorf("the defaults are %+v, %v", *got, err)
	}
	want = all{Word: "w", Short: "b", MaxBytes: 7, Number: 8, Wait: time.Minute, List: []string{"1", "2", "3"}, Headers: []string{"A: 1, 2", "B: 3"},
		Nets: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}, Renamed: 2, inner: inner{4}, Under: inner{5}}
	got, _, err := parse(t, "--word", "w", "--short=b", "--no-yes", "--max-bytes=7", "--number=8", "--wait=1m", "--list=1,2", "--list=3",
		"--headers=A: 1, 2", "--headers", "B: 3", "--nets=10.0.0.0/8, ::1/128", "--other=2", "--count=4", "--under-count=5")
	if err != nil || !reflect.DeepEqual(*got, want) {
		t.Errorf("%+v, %v", *got, err)
	}
}

func TestValuesThatAreNoneAreRefusedByTheFlagsName(t *testing.T) {
	for _, arg := range []string{"--short=c", "--max-bytes=4KB", "--max-bytes=-1", "--max-bytes=9999999999GiB", "--number=x", "--wait=5", "--nets=10.0.0.0", "--yes=maybe", "--plain=x"} {
		name, _, _ := strings.Cut(arg, "=")
		if _, _, err := parse(t, arg); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", arg, err)
		}
	}
}

func TestWhatCannotBeAFlagIsTold(t *testing.T) {
	for name, target := range map[string]any{
		"a type": &struct {
			A complex128 `help:"x"`
		}{},
		"a default": &struct {
			A int `default:"x" help:"x"`
		}{},
	} {
		if err := options.Add(pflag.NewFlagSet("", pflag.ContinueOnError), target, nil); err == nil || !strings.Contains(err.Error(), "--a") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHelpShowsFlagsByGroupWithTheirDefaultsAsWritten(t *testing.T) {
	_, fs, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	help := options.Help(fs, func(f *pflag.Flag) string { return f.Usage })
	for _, want := range []string{"(default 4KiB)", "(default x,y)", "--[no-]yes", "--count N", "\nUnder:\n      --under-count N"} {
		if !strings.Contains(help, want) {
			t.Errorf("%q is not in %s", want, help)
		}
	}
	if strings.Contains(help, "--no-yes") || strings.Index(help, "Under:") < strings.Index(help, "--count") {
		t.Error(help)
	}
}
