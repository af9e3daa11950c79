package syncano

import (
	"errors"
	"net/http"
	"os"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/upload"
)

// mountFiles makes Echo serve files by their links, which need no key.
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
	file, contentType, err := d.openFile(r, c.Param("instance"), c.Param("file"))
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
	setFileHeaders(w.Header(), contentType)
	http.ServeContent(w, r, "", info.ModTime(), file)
	return nil
}

// openFile opens a file that has a record in the instance's realm.
func (d *Dialect) openFile(r *http.Request, instance, name string) (file *os.File, contentType string, err error) {
	if !upload.IsName(name) || !d.files.Enabled() {
		return nil, "", os.ErrNotExist
	}
	var realm core.Realm
	err = d.dir.View(r.Context(), func(tx *core.Tx) error {
		in, err := findInstance(tx, instance)
		if err != nil {
			return err
		}
		realm = in.Realm
		contentType, err = upload.ContentType(tx, realm, name)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	file, err = d.files.Open(realm, name)
	return file, contentType, err
}

// setFileHeaders lets a browser show pictures and download everything else: an
// uploaded file must never run as a page of this host.
func setFileHeaders(h http.Header, contentType string) {
	shown := wire.MediaType(contentType)
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
