package seal

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrKey says that the keys of a store cannot be read, or are not those that it is
// sealed with.
var ErrKey = errors.New("the store's secrets cannot be opened")

// Source says where the keys of a store are.
type Source struct {
	// File is the key file; "" is none.
	File string
	// Make makes a new file for a store in which nothing is sealed.
	Make bool
	// Temporary uses a random key instead of making a file.
	Temporary bool
	// Plain uses no key: nothing is sealed.
	Plain bool
	// GiveUp gives up what these keys do not open: the store has other keys no more.
	GiveUp bool
}

// Load returns the keys. sealed says that the store holds values that are sealed, for
// which a new key is of no use.
func (s Source) Load(sealed bool) (*Keyring, error) {
	if s.File == "" && !s.Temporary {
		return &Keyring{}, nil
	}
	text, err := os.ReadFile(s.File)
	switch {
	case errors.Is(err, fs.ErrNotExist) && sealed && (s.Make || s.Temporary):
		return nil, fmt.Errorf("%w: its key file %s is missing: put it back, or name another with --seal-key-file", ErrKey, s.File)
	case errors.Is(err, fs.ErrNotExist) && s.Temporary:
		return NewKeyring(NewKey())
	case errors.Is(err, fs.ErrNotExist) && s.Make:
		return s.makeFile()
	case err != nil:
		return nil, fmt.Errorf("%w: the key file: %w", ErrKey, err)
	}
	ring, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: the key file %s: %w", ErrKey, s.File, err)
	}
	return ring, nil
}

// makeFile makes a key file, which is on disk before anything is sealed with it. No
// other process makes one at the same time: the caller owns the store.
func (s Source) makeFile() (*Keyring, error) {
	k := NewKey()
	text := "# Opens the secrets in the store beside it. Keep a copy apart from those of the store.\n" + hex.EncodeToString(k) + "\n"
	partial := s.File + ".partial"
	err := writePrivate(partial, text)
	if err == nil {
		err = os.Rename(partial, s.File)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(s.File))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: the key file cannot be made: %w", ErrKey, err)
	}
	return NewKeyring(k)
}

func writePrivate(path, text string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncFolder makes the names in a folder durable, where the system can do so.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_ = f.Sync() // not every file system can sync a folder
	return f.Close()
}
