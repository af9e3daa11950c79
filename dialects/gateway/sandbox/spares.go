package sandbox

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/dragoman-gateway/dragoman/core"
)

// image is the content of a store, with which other stores begin, and the uploaded files
// by their names. It does not change.
type image struct {
	bytes []byte
	files map[string][]byte
	// age is how many images it descends from. Each age has its own randomness, so that
	// what is made from it on has not the keys and names that it holds.
	age uint64
	// opened is how many stores have begun with it.
	opened atomic.Int64
}

// maxSpares bounds the stores that are open before they are needed.
const maxSpares = 4

// spares are stores that are opened before they are needed, at most one of an image:
// after a reset, and for the next sandbox of the same content. It is safe for concurrent use.
type spares struct {
	open func(*image) (core.Store, error)

	mu   sync.Mutex
	list []*spare // the one that was begun last at the end
}

// spare is a store that is being opened, or is open.
type spare struct {
	image *image
	made  chan struct{} // closed then
	store core.Store
	err   error
}

// take returns a store that begins with the image, an empty one without.
func (s *spares) take(i *image) (core.Store, error) {
	if i != nil {
		i.opened.Add(1)
	}
	if found := s.remove(func(s *spare) bool { return s.image == i }); found != nil {
		if <-found.made; found.err == nil {
			return found.store, nil
		}
	}
	return s.open(i)
}

// prepare begins to open a store of the image, unless there is a spare one.
func (s *spares) prepare(i *image) {
	made := s.add(i)
	if made == nil {
		return
	}
	go func() {
		defer close(made.made)
		made.store, made.err = s.open(i)
	}()
}

// add adds a spare store that is to be opened; nil if there is one.
func (s *spares) add(i *image) *spare {
	var oldest *spare
	defer func() { oldest.close() }()
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.list, func(s *spare) bool { return s.image == i }) {
		return nil
	}
	if len(s.list) == maxSpares {
		oldest = s.list[0]
		s.list = slices.Delete(s.list, 0, 1)
	}
	made := &spare{image: i, made: make(chan struct{})}
	s.list = append(s.list, made)
	return made
}

// remove removes the first spare that is chosen and returns it; nil if there is none.
func (s *spares) remove(chosen func(*spare) bool) *spare {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.list, chosen)
	if i < 0 {
		return nil
	}
	found := s.list[i]
	s.list = slices.Delete(s.list, i, i+1)
	return found
}

// close closes all.
func (s *spares) close() {
	for {
		found := s.remove(func(*spare) bool { return true })
		if found == nil {
			return
		}
		found.close()
	}
}

// close closes the store as soon as it is open.
func (s *spare) close() {
	if s == nil {
		return
	}
	if <-s.made; s.err == nil {
		_ = s.store.Close()
	}
}
