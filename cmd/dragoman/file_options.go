package main

import (
	"errors"
	"fmt"

	"github.com/alecthomas/kong"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// fileOptions say where the files are that belong to what the store keeps: the dialects'
// settings do, as they do for serve.
type fileOptions struct {
	WithoutFiles bool         `help:"Leave out the files that clients uploaded."`
	Dialects     kong.Plugins `embed:""`

	rows []*gateway.Row
}

func (o *fileOptions) setRows(rows []*gateway.Row) {
	o.rows = rows
	for _, r := range rows {
		o.Dialects = append(o.Dialects, r.Flags())
	}
}

// files returns those of the store of the DSN, in the folder if that is not "".
func (o *fileOptions) files(dsn, folder string) archive.Files {
	if o.WithoutFiles {
		return nil
	}
	return gateway.FilesOf(o.rows, dsn, folder)
}

// keepsFiles reports whether there is a place for files.
func (o *fileOptions) keepsFiles(dsn string) bool {
	files := o.files(dsn, "")
	if files == nil {
		return false
	}
	_, err := files.Room(core.MainRealm)
	return err == nil
}

// orWithoutFiles says what to do about a file that cannot be read.
func orWithoutFiles(err error) error {
	if _, ok := errors.AsType[*archive.FileError](err); ok {
		return fmt.Errorf("%w; --syncano-files says where files are, and --without-files leaves them out", err)
	}
	return err
}

// counted says how much an archive has.
func counted(n archive.Counts) string {
	text := fmt.Sprintf("%d realms, %d groups, %d users, %d memberships and %d records", n.Realms, n.Groups, n.Users, n.Memberships, n.Records)
	if n.Files > 0 {
		text += fmt.Sprintf(", with %d files", n.Files)
	}
	return text
}
