package query

import "slices"

// Filters that no index serves are answered by a scan: chunk after chunk, from
// the cursor on, until the page is full. Its cost depends on how many rows it
// passes over, so it has a time limit.

// ChunkSize is how many rows a scan reads at once, between two checks of the time.
const ChunkSize = 500

// Chunk is one step of a scan.
type Chunk[T any] struct {
	Found []T   // those of the rows read that belong in the list
	Read  int   // rows read
	Last  int64 // the id of the last one
}

// Scanner reads a list in chunks.
type Scanner[T any] struct {
	// Next reads the first rows of the range, at most its limit.
	Next func(Range) (Chunk[T], error)
	// CheckTime fails when the scan has taken too long. Its first call starts
	// the time.
	CheckTime func() error
}

// scan calls visit for one row after the other until it returns false.
func (s Scanner[T]) scan(at Range, visit func(T) bool) error {
	_ = s.CheckTime() // starts the time
	for {
		chunk, err := s.Next(at)
		if err != nil {
			return err
		}
		for _, row := range chunk.Found {
			if !visit(row) {
				return nil
			}
		}
		if chunk.Read < at.Limit {
			return nil
		}
		if err := s.CheckTime(); err != nil {
			return err
		}
		at.Limit = ChunkSize
		if at.Desc {
			at.Before = chunk.Last
		} else {
			at.After = chunk.Last
		}
	}
}

// Page reads a page of a list that is ordered by id.
func (s Scanner[T]) Page(p *Page) (rows []T, err error) {
	if p.size == 0 {
		return nil, nil
	}
	err = s.scan(p.Range(), func(row T) bool {
		rows = append(rows, row)
		return len(rows) < p.size
	})
	if p.reversed() {
		slices.Reverse(rows)
	}
	return rows, err
}

// OrderedPage reads a page of a list in any order. For one other than the order
// of ids it reads the whole list, but holds no more than the page.
func OrderedPage[T Object](s Scanner[T], p *Page, order *Order) ([]T, error) {
	if order == nil || p.size == 0 {
		return s.Page(p)
	}
	top := topN[T]{order: order, page: p}
	err := s.scan(Range{Limit: ChunkSize}, func(o T) bool {
		top.push(o)
		return true
	})
	if p.reversed() {
		slices.Reverse(top.kept)
	}
	return top.kept, err
}
