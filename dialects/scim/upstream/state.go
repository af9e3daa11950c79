package upstream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// state is what was sent to a server: a file of JSON lines, to which each object adds one
// when the server has it. Its last line for an object counts, and a cut line does not,
// so that a push can end at any moment.
type state struct {
	file    *os.File // nil: nothing is written
	entries map[string]entry
}

// stateTarget is the first line of the file.
type stateTarget struct {
	To    string `json:"to"`
	Realm string `json:"realm"`
}

// entry is one object. Without Remote it is forgotten.
type entry struct {
	Type   string `json:"type"`
	ID     string `json:"id"` // here
	Name   string `json:"name,omitempty"`
	Remote string `json:"remote,omitempty"` // id there
	Sum    string `json:"sum,omitempty"`    // of what was sent
}

// sumEnded is the sum of a user who was deactivated because it is gone here.
const sumEnded = "ended"

func (e entry) key() string { return e.Type + " " + e.ID }

// openState reads the file, which need not exist. "" is no file.
func openState(path string, target stateTarget, readOnly bool) (*state, error) {
	s := &state{entries: map[string]entry{}}
	if path == "" {
		return s, nil
	}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	if err := s.read(text[:whole], target); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if readOnly {
		return s, nil
	}
	if s.file, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	if err = errors.Join(s.file.Truncate(int64(whole)), seekEnd(s.file)); err == nil && whole == 0 {
		err = s.write(target)
	}
	if err != nil {
		return nil, errors.Join(err, s.file.Close())
	}
	return s, nil
}

func seekEnd(f *os.File) error {
	_, err := f.Seek(0, io.SeekEnd)
	return err
}

func (s *state) read(text []byte, target stateTarget) error {
	if len(text) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	var of stateTarget
	if err := d.Decode(&of); err != nil || of.To == "" {
		return errors.New("this is not the state of a push")
	}
	if of != target {
		return fmt.Errorf("this is the state of a push of realm %q to %s", of.Realm, of.To)
	}
	for {
		var e entry
		if err := d.Decode(&e); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		s.set(e)
	}
}

func (s *state) set(e entry) {
	if e.Remote == "" {
		delete(s.entries, e.key())
	} else {
		s.entries[e.key()] = e
	}
}

// get returns what was sent of an object; without Remote if nothing was.
func (s *state) get(kind, id string) entry {
	if e, ok := s.entries[entry{Type: kind, ID: id}.key()]; ok {
		return e
	}
	return entry{Type: kind, ID: id}
}

// put remembers an object.
func (s *state) put(e entry) error {
	if s.file == nil {
		return nil
	}
	s.set(e)
	return s.write(e)
}

func (s *state) write(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = s.file.Write(append(line, '\n'))
	return err
}

func (s *state) close() error {
	if s.file == nil {
		return nil
	}
	return errors.Join(s.file.Sync(), s.file.Close())
}
