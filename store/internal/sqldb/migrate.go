package sqldb

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// Migrations shows and changes the version of a store's schema.
type Migrations interface {
	// Status lists every migration that this program knows, in order.
	Status(ctx context.Context) ([]Migration, error)
	// Up applies the pending ones and returns them. It fails with [ErrNewer] on a schema
	// made by a newer program, which it does not change.
	Up(ctx context.Context) ([]Migration, error)
}

// Migration is one step of the schema.
type Migration struct {
	Version int64
	Name    string
	// Applied is when it was applied; zero is pending.
	Applied time.Time
}

// Goose migrates with goose through database/sql, which is opened for nothing else.
type Goose struct {
	Dialect goose.Dialect
	Folder  string // in migrations
	Open    func() (*sql.DB, error)
	Options []goose.ProviderOption
}

// with runs fn with a provider.
func (g Goose) with(fn func(*goose.Provider) error) (err error) {
	db, err := g.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	folder, err := fs.Sub(migrations, "migrations/"+g.Folder)
	if err != nil {
		return err
	}
	options := append([]goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(goMigrations()...),
	}, g.Options...)
	p, err := goose.NewProvider(g.Dialect, db, folder, options...)
	if err != nil {
		return err
	}
	return fn(p)
}

// Latest is the version of the newest migration that this program knows.
func (g Goose) Latest() int64 {
	files, _ := fs.Glob(migrations, "migrations/"+g.Folder+"/*.sql")
	return int64(len(files) + len(goMigrations())) // they are numbered without a gap; a test holds them to it
}

// Status lists the migrations.
func (g Goose) Status(ctx context.Context) (list []Migration, err error) {
	err = g.with(func(p *goose.Provider) error {
		all, err := p.Status(ctx)
		for _, m := range all {
			list = append(list, Migration{m.Source.Version, nameOf(m.Source), m.AppliedAt})
		}
		return errors.Join(err, refuseNewer(ctx, p))
	})
	return list, err
}

// Pending lists all migrations as pending, without asking the database.
func (g Goose) Pending() (list []Migration, err error) {
	err = g.with(func(p *goose.Provider) error {
		for _, s := range p.ListSources() {
			list = append(list, Migration{Version: s.Version, Name: nameOf(s)})
		}
		return nil
	})
	return list, err
}

// Up applies the pending migrations.
func (g Goose) Up(ctx context.Context) (list []Migration, err error) {
	err = g.with(func(p *goose.Provider) error {
		if err := refuseNewer(ctx, p); err != nil {
			return err
		}
		done, err := p.Up(ctx)
		for _, m := range done {
			list = append(list, Migration{m.Source.Version, nameOf(m.Source), time.Now()})
		}
		return err
	})
	return list, err
}

// nameOf returns the name of a migration's file.
func nameOf(s *goose.Source) string {
	if s.Version == refoldVersion {
		return refoldName
	}
	return s.Path
}

func refuseNewer(ctx context.Context, p *goose.Provider) error {
	current, target, err := p.GetVersions(ctx)
	if err == nil && current > target {
		return fmt.Errorf("%w (its schema is version %d, this program knows %d)", ErrNewer, current, target)
	}
	return err
}
