package syncano

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/upload"
)

// Files returns what gives the files of a folder to archives and takes them from there. The
// files of a realm may have limit bytes together; 0 means no limit.
func Files(folder string, limit int64) upload.Archived {
	return upload.Archived{Folder: upload.Folder{Dir: folder}, Limit: limit}
}

// files implements schema.Files for one request.
type files struct{ c *call }

// NewName implements [schema.Files].
func (fs files) NewName(uploaded *wire.File) (name, fault string) {
	if !fs.c.d.files.Enabled() {
		return "", "Files cannot be kept here."
	}
	return upload.NewName(fs.c.d.dir.NewKey(hexDigits, keyLength), uploaded.Filename)
}

// NameInLink implements [schema.Files] for files of this instance.
func (fs files) NameInLink(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	before, name, found := strings.Cut(strings.TrimPrefix(u.Path, fs.c.enc.mount), "/instances/"+fs.c.instance.row.Key+"/files/")
	if !found || !upload.IsName(name) || !slices.ContainsFunc(knownVersions, func(v *version) bool { return v.root == before+"/" }) {
		return ""
	}
	return name
}

// Link implements [schema.Files].
func (fs files) Link(name string) string {
	if !upload.IsName(name) {
		return ""
	}
	base := strings.TrimSuffix(fs.c.d.cfg.PublicURL, "/")
	if base == "" {
		base = wire.Origin(fs.c.req)
	}
	return base + strings.TrimPrefix(string(fs.c.enc.prefix), fs.c.enc.mount) + "files/" + name
}

// lookUpFile checks that a linked file exists.
func lookUpFile(c *call, tx *core.Tx, in *schema.Input, p *problems) error {
	if in.Upload != nil || in.File == "" {
		return nil
	}
	_, err := tx.Record(upload.Ref(c.instance.Realm, in.File))
	if errors.Is(err, core.ErrNotFound) {
		p.add(in.Field.Name, "Existing file does not exist.")
		return nil
	}
	return err
}

// withFiles writes the files of a request before store stores what uses them;
// see upload.Folder.Write.
func withFiles(c *call, in *objectInput, store func() error) error {
	var uploads []upload.File
	if in != nil {
		for _, v := range in.values {
			if v.Upload != nil {
				uploads = append(uploads, upload.File{Name: v.File, Data: v.Upload.Data, Path: v.Upload.Path})
			}
		}
	}
	if err := c.checkFileBytes(uploads); err != nil {
		return err
	}
	return c.d.files.Write(c.instance.Realm, uploads, func() ([]string, error) {
		err := store()
		return c.uses.Unused, err
	})
}

// checkFileBytes fails if the instance has no room for the files.
func (c *call) checkFileBytes(uploads []upload.File) error {
	limit := c.d.cfg.MaxFileBytes
	if len(uploads) == 0 || limit < 0 {
		return nil
	}
	size, err := c.d.files.Size(c.instance.Realm)
	for _, f := range uploads {
		size += f.Size()
	}
	if err == nil && size > limit {
		err = detailError(http.StatusBadRequest, "File storage exceeded ("+decimal(limit)+" bytes).")
	}
	return err
}

// countFiles begins to count uses of files in a transaction, which may run again.
func countFiles(c *call, tx *core.Tx, realm core.Realm) *upload.Uses {
	c.uses = upload.Uses{Tx: tx, Realm: realm}
	return &c.uses
}

// releaseFiles releases all files of an object that is removed.
func releaseFiles(c *call, tx *core.Tx, of *schema.Class, row *core.Record) error {
	uses, fields := countFiles(c, tx, row.Realm), of.Schema.Files()
	if len(fields) == 0 {
		return nil
	}
	values, err := valuesOf(tx, row)
	if err != nil {
		return err
	}
	_, err = removeNames(uses, row.Owner, &values, fields)
	return err
}

var _ core.Remover = (*Dialect)(nil)

// Remove implements [core.Remover]: the files of a user's profile go with the user,
// but for those that others use too.
func (d *Dialect) Remove(tx *core.Tx, u *core.User) (committed func(), err error) {
	if !d.files.Enabled() {
		return nil, nil
	}
	of, err := schema.FindClass(tx, u.Realm, schema.ProfileClass)
	if errors.Is(err, core.ErrNotFound) {
		return nil, nil // no instance serves the realm
	}
	if err != nil {
		return nil, err
	}
	uses, values := upload.Uses{Tx: tx, Realm: u.Realm}, slices.Clone(u.Attributes)
	if _, err := removeNames(&uses, u.ID, &values, of.Schema.Files()); err != nil {
		return nil, err
	}
	owned, err := upload.OwnedBy(tx, u.Realm, u.ID)
	if unused := append(uses.Unused, owned...); len(unused) > 0 {
		committed = func() { d.files.Remove(u.Realm, unused) }
	}
	return committed, err
}

// mountFiles makes Echo serve files by their links, which need no key.
func mountFiles(e *echo.Echo) {
	for _, v := range versions() {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			e.Add(method, v.root+"instances/:instance/files/:file", func(c echo.Context) error {
				to := c.(*routed)
				return to.d.serveFile(to.Context)
			})
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
