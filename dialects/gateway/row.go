package gateway

import (
	"context"
	"fmt"
	"reflect"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// RowSpec describes a dialect to the gateway: S is its settings, a struct of
// flags in the form of kong; E is its section of a seed file.
type RowSpec[S, E any] struct {
	// Name is the prefix of its flags and environment variables, its section in
	// the settings file, and its section in a seed.
	Name string
	// Title is its heading in help.
	Title string
	// Owns reports whether the dialect answers for a path; nil if it only answers for
	// those that no other owns.
	Owns func(path string) bool
	// Open makes the dialect.
	Open func(S, *Shared) (Seeder[E], error)
	// Secrets are the kinds of record and group that are secret in the store.
	Secrets []core.SecretKind
	// Realm returns the realm whose users are shown without a seed; nil if there
	// is none but the main realm.
	Realm func(S) core.Realm
	// CheckSeed fails for a seed that contradicts the settings; nil checks nothing.
	CheckSeed func(S, E) error
	// FirstAccess returns the seed for the first administrator of an empty store
	// and what to print about it.
	FirstAccess func(dialects.Administrator) (E, dialects.FirstAccess)
	// Upstream opens a live server of the vendor to be read; nil if none can be.
	Upstream func(Upstream) (archive.Live, error)
	// Files returns the files that belong to records of the store of a DSN: those in the
	// folder, or where the settings say if that is "". Nil means that the dialect has none.
	Files func(set S, dsn, folder string) archive.Files
}

// Seeder is a dialect that can apply a seed section E.
type Seeder[E any] interface {
	dialects.Dialect
	PrepareSeed(context.Context, E) (apply func(*core.Tx) error, err error)
}

// Row is a RowSpec without its types. Seed sections are passed as *E.
type Row struct {
	Name, Title string
	// Upstream is that of the RowSpec.
	Upstream    func(Upstream) (archive.Live, error)
	flags       any          // *S, filled by the command line
	sectionType reflect.Type // E
	owns        func(path string) bool
	secrets     []core.SecretKind
	open        func(*Shared) (mounted, error)
	realm       func() core.Realm
	checkSeed   func(section any) error
	firstAccess func(dialects.Administrator) (section any, _ dialects.FirstAccess)
	files       func(dsn, folder string) archive.Files
}

// FilesOf returns the files that belong to records of the store of a DSN, for archives:
// those in the folder, or where the dialects' settings say if that is "". It is nil if no
// dialect has files.
func FilesOf(rows []*Row, dsn, folder string) archive.Files {
	for _, r := range rows {
		if files := r.files(dsn, folder); files != nil {
			return files
		}
	}
	return nil
}

// mounted is a dialect that serves.
type mounted struct {
	dialects.Dialect
	prepareSeed func(ctx context.Context, section any) (apply func(*core.Tx) error, err error)
}

// NewRow returns the row of a dialect whose settings have no values yet.
func NewRow[S, E any](spec RowSpec[S, E]) *Row {
	set := new(S)
	return &Row{
		Name: spec.Name, Title: spec.Title, Upstream: spec.Upstream, flags: set, sectionType: reflect.TypeFor[E](),
		owns: spec.Owns, secrets: spec.Secrets,
		open: func(s *Shared) (mounted, error) {
			d, err := spec.Open(*set, s)
			return mounted{d, func(ctx context.Context, section any) (func(*core.Tx) error, error) {
				return d.PrepareSeed(ctx, *section.(*E))
			}}, err
		},
		realm: func() core.Realm {
			if spec.Realm == nil {
				return core.MainRealm
			}
			return spec.Realm(*set)
		},
		checkSeed: func(section any) error {
			if spec.CheckSeed == nil {
				return nil
			}
			return spec.CheckSeed(*set, *section.(*E))
		},
		firstAccess: func(a dialects.Administrator) (any, dialects.FirstAccess) {
			seed, access := spec.FirstAccess(a)
			return &seed, access
		},
		files: func(dsn, folder string) archive.Files {
			if spec.Files == nil {
				return nil
			}
			return spec.Files(*set, dsn, folder)
		},
	}
}

// Owns reports whether the dialect answers for a path, and not only because no other
// does.
func (r *Row) Owns(path string) bool { return r.owns != nil && r.owns(path) }

// Flags returns a struct whose only field embeds the row's flags with their
// prefix, in the form that kong takes for flags known at run time.
func (r *Row) Flags() any {
	t := reflect.StructOf([]reflect.StructField{{
		Name: "Flags", Type: reflect.TypeFor[any](),
		Tag: reflect.StructTag(fmt.Sprintf(`embed:"" prefix:"%s-" group:"%s"`, r.Name, r.Name)),
	}})
	v := reflect.New(t)
	v.Elem().Field(0).Set(reflect.ValueOf(r.flags))
	return v.Interface()
}
