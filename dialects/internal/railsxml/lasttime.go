package railsxml

import (
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// lastTime is the moment printed last and how it looked. Objects show several moments, most of them the same: of
// something never changed, that of its birth.
type lastTime struct {
	at   time.Time
	room [40]byte
	size int
}

// text is t in that form, between the two quotes (none for 0), valid until the next call. One lastTime is for one
// form and quote.
func (l *lastTime) text(t time.Time, form wire.TimeForm, quote byte) []byte {
	if l.size > 0 && t == l.at {
		return l.room[:l.size]
	}
	b := l.room[:0]
	if quote != 0 {
		b = append(b, quote)
	}
	b = wire.AppendTime(b, t, form)
	if quote != 0 {
		b = append(b, quote)
	}
	l.at, l.size = t, copy(l.room[:], b)
	return b
}
