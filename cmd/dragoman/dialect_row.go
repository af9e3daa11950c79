package main

import (
	"context"
	"fmt"
	"reflect"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// rowSpec describes a dialect to the program: S is its settings, a struct of
// flags; E is its section of a seed file.
type rowSpec[S, E any] struct {
	// name is the prefix of its flags and environment variables, its section in
	// the settings file, and its section in a seed.
	name string
	// title is its heading in help.
	title string
	// open makes the dialect.
	open func(S, *services) (seeder[E], error)
	// realm returns the realm whose users are shown without a seed; nil if there
	// is none but the main realm.
	realm func(S) core.Realm
	// checkSeed fails for a seed that contradicts the settings; nil checks nothing.
	checkSeed func(S, E) error
	// firstAccess returns the seed for the first administrator of an empty store
	// and what to print about it.
	firstAccess func(dialects.Administrator) (E, dialects.FirstAccess)
}

// seeder is a dialect that can apply a seed section E.
type seeder[E any] interface {
	dialects.Dialect
	PrepareSeed(context.Context, E) (apply func(*core.Tx) error, err error)
}

// dialectRow is a rowSpec without its types. Seed sections are passed as *E.
type dialectRow struct {
	name, title string
	flags       any          // *S, filled by the command line
	sectionType reflect.Type // E
	open        func(*services) (mountedDialect, error)
	realm       func() core.Realm
	checkSeed   func(section any) error
	firstAccess func(dialects.Administrator) (section any, _ dialects.FirstAccess)
}

// mountedDialect is a dialect that serves.
type mountedDialect struct {
	dialects.Dialect
	prepareSeed func(ctx context.Context, section any) (apply func(*core.Tx) error, err error)
}

func newRow[S, E any](spec rowSpec[S, E]) *dialectRow {
	set := new(S)
	return &dialectRow{
		name: spec.name, title: spec.title, flags: set, sectionType: reflect.TypeFor[E](),
		open: func(s *services) (mountedDialect, error) {
			d, err := spec.open(*set, s)
			return mountedDialect{d, func(ctx context.Context, section any) (func(*core.Tx) error, error) {
				return d.PrepareSeed(ctx, *section.(*E))
			}}, err
		},
		realm: func() core.Realm {
			if spec.realm == nil {
				return core.MainRealm
			}
			return spec.realm(*set)
		},
		checkSeed: func(section any) error {
			if spec.checkSeed == nil {
				return nil
			}
			return spec.checkSeed(*set, *section.(*E))
		},
		firstAccess: func(a dialects.Administrator) (any, dialects.FirstAccess) {
			seed, access := spec.firstAccess(a)
			return &seed, access
		},
	}
}

// plugin returns a struct whose only field embeds the row's flags with their
// prefix, in the form that kong takes for flags known at run time.
func (r *dialectRow) plugin() any {
	t := reflect.StructOf([]reflect.StructField{{
		Name: "Flags", Type: reflect.TypeFor[any](),
		Tag: reflect.StructTag(fmt.Sprintf(`embed:"" prefix:"%s-" group:"%s"`, r.name, r.name)),
	}})
	v := reflect.New(t)
	v.Elem().Field(0).Set(reflect.ValueOf(r.flags))
	return v.Interface()
}
