package dialecttest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
)

// archives are those of gateways that transcripts have filled.
type archives struct {
	mu    sync.Mutex
	texts []string
}

// add keeps the archive of a gateway's store. Its realms get names that no other has, so
// that one store can hold all.
func (a *archives) add(t *testing.T, dir *core.Directory) {
	t.Helper()
	var realms []core.Realm
	err := dir.View(context.Background(), func(tx *core.Tx) (err error) {
		realms, err = tx.Realms()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text := exported(t, dir, nil)
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, realm := range realms {
		for _, before := range []string{`":{"realm":"`, `{"realm":{"name":"`} {
			text = strings.ReplaceAll(text, before+string(realm)+`"`, fmt.Sprintf(`%s%d %s"`, before, len(a.texts), realm))
		}
	}
	a.texts = append(a.texts, text)
}

// move imports the archives into a store, which must give each back as it was.
func (a *archives) move(t *testing.T, engine Engine) {
	if engine.Need != nil {
		engine.Need(t)
	}
	dir := core.New(core.Config{Store: engine.Open(t)})
	before := map[core.Realm]bool{}
	for i, text := range a.texts {
		opts := archive.ImportOptions{KeepNames: true, Report: func(o archive.Outcome) error {
			if o.Verdict == archive.Refused {
				t.Errorf("archive %d, row %d: %s%s: %s", i, o.Row, o.User, o.Object, o.Reason)
			}
			return nil
		}}
		open := func() (archive.Source, error) {
			return archive.NewReader(strings.NewReader("{\"archive\":{\"version\":1}}\n" + text + "{\"end\":{}}\n"))
		}
		if _, err := archive.NewImporter(dir, opts).Run(context.Background(), open); err != nil {
			t.Fatal(err)
		}
		if got := exported(t, dir, before); got != text {
			t.Errorf("archive %d: got\n%s\nwant\n%s", i, got, text)
		}
	}
	if len(a.texts) == 0 {
		t.Error("there are no archives")
	}
}

// exported returns the lines of an archive between the first and the last, of the realms
// that are not in before, and adds those to it.
func exported(t *testing.T, dir *core.Directory, before map[core.Realm]bool) string {
	t.Helper()
	var opts archive.ExportOptions
	err := dir.View(context.Background(), func(tx *core.Tx) error {
		realms, err := tx.Realms()
		for _, r := range realms {
			if before != nil && !before[r] {
				opts.Realms, before[r] = append(opts.Realms, r), true
			}
		}
		return err
	})
	var out bytes.Buffer
	if err == nil {
		_, err = archive.Export(context.Background(), dir, func() (io.Writer, error) { return &out, nil }, opts)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(out.String(), "\n")
	return text[:strings.LastIndex(text, "{\"end\"")]
}
