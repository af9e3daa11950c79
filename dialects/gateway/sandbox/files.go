package sandbox

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
	"github.com/dragoman-gateway/dragoman/store"
)

// opened is a gateway with its uploaded files. Settings may say where else they are, or
// refuse them.
type opened struct {
	*gateway.Gateway
	folder  string        // of the files, made with the first of them; "" keeps none
	archive archive.Files // nil if none are kept
}

// Close closes the gateway and removes its files.
func (o *opened) Close() error { return errors.Join(o.Gateway.Close(), os.RemoveAll(o.folder)) }

// memoryDSN is the DSN of a gateway whose store is opened before.
const memoryDSN = "sqlite::memory:"

// newFolder returns the DSN of a file that does not exist, and the folder for uploaded
// files that the gateway takes for it. Beside another gateway there is none: its disk is
// not for those who know the secrets of a sandbox.
func (m *Manager) newFolder() (dsn, folder string) {
	if m.cfg.Other != nil {
		return memoryDSN, ""
	}
	name := make([]byte, 16)
	_, _ = rand.Read(name) // never fails
	path := filepath.Join(os.TempDir(), "dragoman-memory-"+hex.EncodeToString(name))
	return "sqlite:" + path, path + "-files"
}

// archiveFiles returns the files of a DSN for archives; nil if none are kept.
func archiveFiles(set *gateway.Defaults, dsn string) archive.Files {
	files := gateway.FilesOf(set.Rows, dsn, "")
	if files == nil {
		return nil
	}
	if _, err := files.Room(core.MainRealm); err != nil {
		return nil
	}
	return files
}

// writeFiles makes the files of an image.
func (o *opened) writeFiles(of *image) error {
	if of == nil || o.folder == "" {
		return nil
	}
	for name, content := range of.files {
		path := filepath.Join(o.folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// readFiles returns the files by name. It shares the contents of those that are known.
func (o *opened) readFiles(known map[string][]byte) (map[string][]byte, error) {
	all := map[string][]byte{}
	if o.folder == "" {
		return all, nil
	}
	names, err := fs.Glob(os.DirFS(o.folder), "*/*") // files that are being written are not in these folders yet
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(o.folder, name))
		switch {
		case errors.Is(err, fs.ErrNotExist): // removed meanwhile
			continue
		case err != nil:
			return nil, err
		case bytes.Equal(content, known[name]):
			content = known[name]
		}
		all[name] = content
	}
	return all, nil
}

// imageOf returns the image of a gateway's store, with the files that it had before or
// after: some may be removed, and some added, while it is made. before is an earlier image
// of the gateway; nil without one.
func imageOf(g *opened, before *image) (*image, error) {
	var known map[string][]byte
	if before != nil {
		known = before.files
	}
	files, err := g.readFiles(known)
	if err != nil {
		return nil, err
	}
	content, err := store.Image(g.Store())
	if err != nil {
		return nil, err
	}
	added, err := g.readFiles(files)
	maps.Copy(files, added)
	made := &image{bytes: content, files: files}
	if before != nil {
		made.age = before.age + 1
	}
	return made, err
}

// size is how many bytes an image has.
func (i *image) size() int {
	n := len(i.bytes)
	for _, content := range i.files {
		n += len(content)
	}
	return n
}
