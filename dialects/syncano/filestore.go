package syncano

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"

	"github.com/dragoman-gateway/dragoman/core"
)

// fileStore is the folder of the uploads: one folder for each realm in it.
type fileStore struct{ dir string }

func (s *fileStore) enabled() bool { return s.dir != "" }

// folder is the realm's; a realm's name cannot lead out of dir.
func (s *fileStore) folder(realm core.Realm) string {
	return filepath.Join(s.dir, "realm-"+url.PathEscape(string(realm)))
}

func (s *fileStore) path(realm core.Realm, name string) string {
	return filepath.Join(s.folder(realm), name)
}

// keep writes a file so that it is wholly there or not at all, and survives the
// loss of power before a record speaks of it.
func (s *fileStore) keep(realm core.Realm, name string, data []byte) error {
	folder := s.folder(realm)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, "incoming-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(folder, name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncFolder(folder)
}

func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// remove takes files away that no record speaks of any more. A failure leaves
// an unreachable file, which is nobody's to hear of.
func (s *fileStore) remove(realm core.Realm, names []string) {
	for _, name := range names {
		_ = os.Remove(s.path(realm, name))
	}
}

// removeRealm takes all files of a realm away.
func (s *fileStore) removeRealm(realm core.Realm) {
	if s.enabled() {
		_ = os.RemoveAll(s.folder(realm))
	}
}

// names lists the files of a realm.
func (s *fileStore) names(realm core.Realm) []string {
	if !s.enabled() {
		return nil
	}
	entries, err := os.ReadDir(s.folder(realm))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if isFileName(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}
