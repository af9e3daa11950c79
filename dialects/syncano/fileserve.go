package syncano

import (
	"errors"
	"net/http"
	"os"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// mountFiles makes Echo serve files by their links. They are not API: no key,
// no JSON.
func (d *Dialect) mountFiles() {
	for _, v := range versions() {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			d.echo.Add(method, v.root+"instances/:instance/files/:file", d.serveFile)
		}
	}
}

func (d *Dialect) serveFile(c echo.Context) error {
	w, r := c.Response().Writer, c.Request()
	dialects.NoteOperation(w, "files.fetch")
	file, kind, err := d.openFile(r, c.Param("instance"), c.Param("file"))
	if err != nil {
		if !errors.Is(err, core.ErrNotFound) && !errors.Is(err, os.ErrNotExist) {
			dialects.NoteError(w, err)
		}
		notFoundPage(c)
		return nil
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		dialects.NoteError(w, err)
		notFoundPage(c)
		return nil
	}
	safeHeaders(w.Header(), kind)
	http.ServeContent(w, r, "", info.ModTime(), file)
	return nil
}

// openFile opens a file that the instance's realm has a record of.
func (d *Dialect) openFile(r *http.Request, instance, name string) (file *os.File, kind string, err error) {
	if !isFileName(name) || !d.files.enabled() {
		return nil, "", os.ErrNotExist
	}
	var realm core.Realm
	err = d.dir.View(r.Context(), func(tx *core.Tx) error {
		in, err := findInstance(tx, instance)
		if err != nil {
			return err
		}
		realm = in.Realm
		row, err := tx.Record(fileRef(realm, name))
		if err != nil {
			return err
		}
		body, err := core.Decoded(row.Body, decodeJSON[fileBody])
		kind = body.Type
		return err
	})
	if err != nil {
		return nil, "", err
	}
	file, err = os.Open(d.files.path(realm, name))
	return file, kind, err
}

// safeHeaders let a browser show pictures and download everything else: what a
// stranger uploaded must never run as a page of this host.
func safeHeaders(h http.Header, kind string) {
	shown := wire.MediaType(kind)
	switch shown {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
	default:
		shown = "application/octet-stream"
		h.Set("Content-Disposition", "attachment")
	}
	h.Set("Content-Type", shown)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=3600")
}
