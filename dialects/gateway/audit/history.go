package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
)

// Bounds of what a history reads and returns.
const (
	maxRead   = 4 << 20 // bytes from the end of the file
	maxEvents = 50
)

// Event is a change or a login as it was written.
type Event = line

// History is the end of what a file says of one user.
type History struct {
	// Events are the newest first.
	Events []Event
	// Cut says that older parts of the file were not read.
	Cut bool
}

// ErrNoFile means that what was written cannot be read again.
var ErrNoFile = errors.New("audit: it is not written to a file")

// History returns the last logins of the user and the last changes of what is theirs.
// It fails with [ErrNoFile] if lines are not written to a file of the name Path.
func (l *Log) History(realm core.Realm, id int64) (h History, err error) {
	if l.Path == "" {
		return h, ErrNoFile
	}
	f, err := os.Open(l.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, ErrNoFile
	}
	if err != nil {
		return h, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return h, err
	}
	begin := max(0, info.Size()-maxRead)
	text, err := io.ReadAll(io.NewSectionReader(f, begin, maxRead))
	if err != nil {
		return h, err
	}
	if h.Cut = begin > 0; h.Cut { // the first line may be a part of one
		_, text, _ = bytes.Cut(text, []byte{'\n'})
	}
	number := fmt.Appendf(nil, ":%d", id)
	for len(text) > 0 && len(h.Events) < maxEvents {
		text = bytes.TrimSuffix(text, []byte{'\n'})
		i := bytes.LastIndexByte(text, '\n')
		var e Event
		if last := text[i+1:]; bytes.Contains(last, number) && json.Unmarshal(last, &e) == nil && e.isOf(realm, id) {
			h.Events = append(h.Events, e)
		}
		text = text[:i+1]
	}
	return h, nil
}

// isOf reports whether the event is a login of the user, or changes what is theirs.
func (e *Event) isOf(realm core.Realm, id int64) bool {
	if e.Realm == realm && e.User == id {
		return true
	}
	return slices.ContainsFunc(e.Changes, func(c core.Change) bool { return c.Realm == realm && (c.User == id || c.Kind == "user" && c.ID == id) })
}
