package dialecttest

import (
	"net/http"
	"slices"
	"sync"

	"github.com/dragoman-gateway/dragoman/dialects"
)

// Notes are what dialects told the log and the metrics. They are safe for
// concurrent use.
type Notes struct {
	mu         sync.Mutex
	operations []string
	errors     []string
}

// Operations returns the operations noted so far.
func (n *Notes) Operations() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.operations)
}

// Errors returns the texts of the errors noted so far.
func (n *Notes) Errors() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.errors)
}

func (n *Notes) add(to *[]string, text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	*to = append(*to, text)
}

// Edge is the least of what the program puts around its dialects: notes are
// taken, and a panic becomes the dialect's own 500.
func Edge(m dialects.Mux, notes *Notes) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path // a dialect may cut its own copy
		noting := &notingWriter{ResponseWriter: w, notes: notes}
		defer func() {
			cause := recover()
			switch {
			case cause == nil:
			case noting.begun:
				panic(http.ErrAbortHandler)
			default:
				m.For(path).Refuse(noting, r, dialects.Refusal{Status: http.StatusInternalServerError})
			}
		}()
		m.ServeHTTP(noting, r)
	})
}

// notingWriter is a dialects.Annotator.
type notingWriter struct {
	http.ResponseWriter
	notes *Notes
	begun bool
}

// NoteOperation implements dialects.Annotator.
func (w *notingWriter) NoteOperation(name string) { w.notes.add(&w.notes.operations, name) }

// NoteError implements dialects.Annotator.
func (w *notingWriter) NoteError(err error) { w.notes.add(&w.notes.errors, err.Error()) }

// WriteHeader implements http.ResponseWriter.
func (w *notingWriter) WriteHeader(status int) {
	w.begun = w.begun || status >= http.StatusOK
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *notingWriter) Write(b []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *notingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
