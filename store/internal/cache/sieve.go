package cache

// sieve is the order of eviction: first in, first out, but an object that was used since
// the hand last passed stays. Using one moves nothing.
type sieve struct {
	newest, oldest, hand *entry
}

func (s *sieve) push(e *entry) {
	e.next = s.newest
	if s.newest != nil {
		s.newest.prev = e
	}
	s.newest = e
	if s.oldest == nil {
		s.oldest = e
	}
}

func (s *sieve) remove(e *entry) {
	if s.hand == e {
		s.hand = e.prev
	}
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		s.newest = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	} else {
		s.oldest = e.prev
	}
	e.prev, e.next = nil, nil
}

// victim returns the object to evict. There is at least one.
func (s *sieve) victim() *entry {
	for {
		if s.hand == nil {
			s.hand = s.oldest
		}
		e := s.hand
		if !e.seen.Load() {
			return e
		}
		e.seen.Store(false)
		s.hand = e.prev
	}
}
