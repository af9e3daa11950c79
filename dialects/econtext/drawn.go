package econtext

import (
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// drawing is an application or a group as it was shown last. Every user of a
// list shows the same few of them, so each is written once and then copied.
type drawing struct {
	of   *core.Group // the very object: a changed one is another
	base string
	v2   bool
	text []byte
}

// draw shows t as draw writes it, from the last drawing if that is of the same
// object and for the same base.
func (a *answer) draw(t *thing, draw func(*answer, *thing)) {
	if last := t.doc.drawn.Load(); last != nil && last.of == t.Group && last.base == a.base && last.v2 == a.k.d.v2 {
		a.RawBytes(last.text)
		return
	}
	if t.doc == emptyDocument { // of many objects
		draw(a, t)
		return
	}
	sheet := answer{Enc: wire.NewEnc(wire.Python()), k: a.k, base: a.base}
	defer sheet.Release()
	draw(&sheet, t)
	a.RawBytes(sheet.Bytes())
	t.doc.drawn.Store(&drawing{of: t.Group, base: a.base, v2: a.k.d.v2, text: slices.Clone(sheet.Bytes())})
}
