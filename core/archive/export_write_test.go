package archive_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
)

// failing fails after some bytes.
type failing struct {
	left int
	err  error
}

func (w *failing) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, w.err
	}
	return len(p), nil
}

func TestAnExportEndsWhenItCannotWrite(t *testing.T) {
	dir := directory(t)
	err := dir.Update(t.Context(), core.Operator(), func(tx *core.Tx) error {
		for i := range 1200 {
			if err := tx.AddUser(&core.User{Username: fmt.Sprint("user", i), Enabled: true}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	for _, left := range []int{0, 1 << 16, 1 << 17} {
		w := &failing{left, full}
		_, err := archive.Export(t.Context(), dir, func() (io.Writer, error) { return w, nil }, archive.ExportOptions{})
		if !errors.Is(err, full) {
			t.Errorf("after %d bytes: %v", left, err)
		}
	}
}
