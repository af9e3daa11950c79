// Package options makes flags of the fields of structs, so that what a command can
// be told stands in one place, with its type, its default and its help.
//
// A field is a flag if it has the tag help. Further tags: name, if it is not the
// field's in-words-with-dashes; default; placeholder, what help shows for a value;
// enum, the values that are taken, with commas between them; type:"size" for
// numbers of bytes such as 4MiB; negatable:"" for a --no-NAME beside --NAME; and
// sep:"none" for a list that is given by repeating the flag and not with commas. A
// struct that is embedded, or has the tag embed, adds its own, with its prefix
// before their names and under its group in help.
package options

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/pflag"
)

// Annotations of the flags, for help.
const (
	group     = "group"
	negatable = "negatable"
)

// Add adds the flags of the struct that target points to. In defaults, vars stand
// for ${name}. It fails for a field of a type that no flag has, and a default that
// is not one of its flag's values.
func Add(fs *pflag.FlagSet, target any, vars map[string]string) error {
	a := adder{fs: fs, vars: vars}
	a.fields(reflect.ValueOf(target).Elem(), "", "")
	return errors.Join(a.errs...)
}

type adder struct {
	fs   *pflag.FlagSet
	vars map[string]string
	errs []error
}

func (a *adder) fields(v reflect.Value, prefix, inGroup string) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		_, embed := field.Tag.Lookup("embed")
		switch help := field.Tag.Get("help"); {
		case field.Anonymous || embed:
			a.fields(v.Field(i), prefix+field.Tag.Get("prefix"), cmp.Or(field.Tag.Get("group"), inGroup))
		case help != "":
			name := prefix + cmp.Or(field.Tag.Get("name"), dashed(field.Name))
			if err := a.flag(v.Field(i).Addr().Interface(), name, help, field.Tag); err != nil {
				a.errs = append(a.errs, fmt.Errorf("--%s: %w", name, err))
				continue
			}
			a.annotate(name, group, inGroup)
		}
	}
}

func (a *adder) annotate(name, key, value string) {
	a.errs = append(a.errs, a.fs.SetAnnotation(name, key, []string{value}))
}

// flag adds one. The default is set here, so that it may be written as on the
// command line.
func (a *adder) flag(target any, name, help string, tag reflect.StructTag) error {
	f, err := a.typed(target, name, help, tag)
	if err != nil {
		return err
	}
	if enum := tag.Get("enum"); enum != "" {
		f.Value = choice{f.Value, strings.Split(enum, ",")}
	}
	if placeholder := tag.Get("placeholder"); placeholder != "" {
		f.Value = named{f.Value, placeholder}
	}
	if _, ok := tag.Lookup("negatable"); ok {
		a.negate(name)
	}
	f.DefValue = os.Expand(tag.Get("default"), func(name string) string { return a.vars[name] })
	if list, ok := target.(*[]string); ok {
		*list = splitList(f.DefValue)
		return nil
	}
	if f.DefValue == "" {
		return nil
	}
	return f.Value.Set(f.DefValue)
}

func (a *adder) typed(target any, name, help string, tag reflect.StructTag) (*pflag.Flag, error) {
	switch p := target.(type) {
	case *string:
		a.fs.StringVar(p, name, "", help)
	case *bool:
		a.fs.BoolVar(p, name, false, help)
	case *int:
		a.fs.IntVar(p, name, 0, help)
	case *int64:
		if tag.Get("type") == "size" {
			return a.fs.VarPF((*size)(p), name, "", help), nil
		}
		a.fs.Int64Var(p, name, 0, help)
	case *uint8:
		a.fs.Uint8Var(p, name, 0, help)
	case *uint32:
		a.fs.Uint32Var(p, name, 0, help)
	case *uint64:
		a.fs.Uint64Var(p, name, 0, help)
	case *float64:
		a.fs.Float64Var(p, name, 0, help)
	case *time.Duration:
		a.fs.DurationVar(p, name, 0, help)
	case *[]string:
		return a.fs.VarPF(&list{target: p, whole: tag.Get("sep") == "none"}, name, "", help), nil
	case *[]netip.Prefix:
		return a.fs.VarPF(&prefixes{target: p}, name, "", help), nil
	default:
		return nil, fmt.Errorf("no flag is of type %T", target)
	}
	return a.fs.Lookup(name), nil
}

// negate adds the flag that says no.
func (a *adder) negate(name string) {
	no := "no-" + name
	a.fs.BoolFunc(no, "", func(string) error { return a.fs.Set(name, "false") })
	a.errs = append(a.errs, a.fs.MarkHidden(no))
	a.annotate(name, negatable, "")
}

// dashed turns MaxBody into max-body.
func dashed(name string) string {
	var b strings.Builder
	for i, c := range name {
		if unicode.IsUpper(c) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}
