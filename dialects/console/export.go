package console

import (
	"context"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
)

// export sends one moment of the store as a file, and notes that in the audit: it holds
// hashes and keys. The file is written whole before it is sent, since a client may be
// slow and the store must not wait for it.
func (v *visit) export() error {
	opts := archive.ExportOptions{WithoutPasswords: v.r.PostFormValue("without_passwords") != "", By: "dragoman"}
	if realm := core.Realm(v.r.PostFormValue("realm")); realm != "" {
		opts.Realms = []core.Realm{realm}
	}
	err := v.update("export", func(tx *core.Tx) error {
		core.NoteReading(tx, core.Change{Action: "export", Kind: "store", Realm: core.Realm(v.r.PostFormValue("realm"))})
		return nil
	})
	if err != nil {
		return err
	}
	defer beginMove(v, "export", "the console")()
	file, err := os.CreateTemp("", "dragoman-export-*") // readable by the owner alone
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	name, kind, err := v.writeExport(v.r.Context(), file, v.r.PostFormValue("format"), opts)
	if err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_ = http.NewResponseController(v.w).SetWriteDeadline(time.Time{}) // a large file takes its time
	v.attach(name, kind)
	_, _ = io.Copy(v.w, file) // the client may be gone
	return nil
}

func (v *visit) writeExport(ctx context.Context, file *os.File, format string, opts archive.ExportOptions) (name, kind string, err error) {
	open := func() (io.Writer, error) {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		return file, file.Truncate(0)
	}
	if format == "csv" {
		_, err = archive.ExportCSV(ctx, v.cfg.Directory, open, opts)
		return "users.csv", "text/csv; charset=utf-8", err
	}
	if v.r.PostFormValue("without_files") == "" {
		opts.Files = v.cfg.Files
	}
	_, err = archive.Export(ctx, v.cfg.Directory, open, opts)
	return "users.jsonl", "application/x-ndjson", err
}
