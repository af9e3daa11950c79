package syncano

import (
	"errors"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// A file is kept in a folder beside the database under a random name, which is
// all its link says: who has the link may fetch it, as with the original's. A
// record in the instance's realm says that the file is there and how many
// values point at it; without the record the file is as good as gone.

// fileKind is the kind of record that stands for a file; its Key is the name.
const fileKind = "syncano.file"

// fileBody is the stored form of a file's record. The record belongs to the
// person in whose profile the file was put, and goes with the person.
type fileBody struct {
	Type string `json:"type"` // as the client said
	Uses int    `json:"uses"`
}

var storedName = regexp.MustCompile(`^[0-9a-f]{40}(\.[a-z0-9]{1,16})?$`)

// isFileName tells whether a stored value can be the name of a file.
func isFileName(name string) bool { return storedName.MatchString(name) }

// maxExtension is the longest extension of a file's name, in characters.
const maxExtension = 16

var plainExtension = regexp.MustCompile(`^\.[a-z0-9]+$`)

// newFileName makes a name that nobody can guess, with the extension of the
// client's name if that is plain letters and digits.
func (k *call) newFileName(clients string) (name, fault string) {
	extension := strings.ToLower(path.Ext(clients))
	if len(extension) > maxExtension+1 {
		return "", "File provided has too long extension. Max 16 characters."
	}
	if !plainExtension.MatchString(extension) {
		extension = ""
	}
	return k.d.dir.NewKey(hexDigits, keyLength) + extension, ""
}

// readFile reads a part of a multipart body, or the link of a file that is
// there already.
func (k *call) readFile(f *field, v wire.Value) (in valueInput, fault string) {
	in.field = f
	if k.blankIsNull(v) {
		return in, ""
	}
	if in.file = v.File(); in.file != nil {
		if !k.d.files.enabled() {
			return in, "Files cannot be kept here."
		}
		in.name, fault = k.newFileName(in.file.Filename)
		in.json = `"` + in.name + `"`
		return in, fault
	}
	link, _ := v.Str()
	if in.name = k.fileOfLink(link); in.name == "" {
		return in, "File URL is invalid."
	}
	in.json = `"` + in.name + `"`
	return in, ""
}

// fileOfLink returns the name in a link to a file of this instance, or "".
func (k *call) fileOfLink(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	before, name, found := strings.Cut(u.Path, "/instances/"+k.instance.row.Key+"/files/")
	if !found || !isFileName(name) || !isVersion(before+"/") {
		return ""
	}
	return name
}

func isVersion(root string) bool {
	for _, v := range knownVersions {
		if v.root == root {
			return true
		}
	}
	return false
}

// fileURL is the link to a file.
func (k *call) fileURL(name string) string {
	base := strings.TrimSuffix(k.d.cfg.PublicURL, "/")
	if base == "" {
		scheme := "http"
		if k.req.TLS != nil {
			scheme = "https"
		}
		base = scheme + "://" + k.req.Host
	}
	return base + string(k.prefix) + "files/" + name
}

// lookUpFile checks that a linked file is there.
func (k *call) lookUpFile(tx *core.Tx, in *valueInput, p *problems) error {
	if in.file != nil || in.name == "" {
		return nil
	}
	_, err := tx.Record(fileRef(k.instance.Realm, in.name))
	if errors.Is(err, core.ErrNotFound) {
		p.add(in.field.Name, "Existing file does not exist.")
		return nil
	}
	return err
}

func fileRef(realm core.Realm, name string) core.RecordRef {
	return core.RecordRef{Realm: realm, Kind: fileKind, Key: name}
}

// swapFile counts the new file of a value in, and the old one out.
func (c *change) swapFile(old string, in *valueInput) error {
	if err := c.release(old); err != nil || in.name == "" {
		return err
	}
	row, err := c.tx.Record(fileRef(c.row.Realm, in.name))
	body := fileBody{}
	switch {
	case errors.Is(err, core.ErrNotFound) && in.file != nil:
		row = &core.Record{Realm: c.row.Realm, Kind: fileKind, Key: in.name, Owner: c.row.Owner}
		body.Type = in.file.ContentType
	case err != nil:
		return err
	default:
		if body, err = core.Decoded(row.Body, decodeJSON[fileBody]); err != nil {
			return err
		}
	}
	body.Uses++
	row.Body = document(body)
	return c.tx.SaveRecord(row)
}

func (c *change) release(stored string) error {
	name, err := releaseFile(c.tx, c.row.Realm, stored)
	if name != "" {
		c.k.dropped = append(c.k.dropped, name)
	}
	return err
}

// releaseFile counts one use of a file out. It returns the name if that was the last.
func releaseFile(tx *core.Tx, realm core.Realm, stored string) (name string, err error) {
	name, ok := storedString(stored)
	if !ok || !isFileName(name) {
		return "", nil
	}
	row, err := tx.Record(fileRef(realm, name))
	if errors.Is(err, core.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	body, err := core.Decoded(row.Body, decodeJSON[fileBody])
	if err != nil {
		return "", err
	}
	if body.Uses > 1 {
		body.Uses--
		row.Body = document(body)
		return "", tx.SaveRecord(row)
	}
	return name, tx.RemoveRecord(row)
}

// releaseFiles counts out all files of an object that is about to go.
func (k *call) releaseFiles(tx *core.Tx, c *class, row *core.Record) error {
	k.dropped = nil
	files := c.fileFields()
	if len(files) == 0 {
		return nil
	}
	values, err := valuesOf(tx, row)
	if err != nil {
		return err
	}
	for _, f := range files {
		stored, _ := values.Get(f.Name)
		name, err := releaseFile(tx, row.Realm, stored)
		if err != nil {
			return err
		}
		if name != "" {
			k.dropped = append(k.dropped, name)
		}
	}
	return nil
}

// releaseProfileFiles counts out the files in a person's profile.
func (k *call) releaseProfileFiles(tx *core.Tx, u *core.User) error {
	c, err := findProfileClass(tx, u.Realm)
	if err != nil {
		return err
	}
	row, err := findProfile(tx, u)
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return k.releaseFiles(tx, c, row)
}

func (c *classBody) fileFields() (files []field) {
	for _, f := range c.Schema {
		if f.Type == typeFile {
			files = append(files, f)
		}
	}
	return files
}

// withFiles keeps the uploads of a request before do stores what points at them,
// and removes them again if do fails, or else the files that nothing uses now.
func (k *call) withFiles(in *objectInput, do func() error) (err error) {
	var kept []string
	if in != nil {
		for i := range in.values {
			one := &in.values[i]
			if one.file == nil || err != nil {
				continue
			}
			if err = k.d.files.keep(k.instance.Realm, one.name, one.file.Data); err == nil {
				kept = append(kept, one.name)
			}
		}
	}
	if err == nil {
		err = do()
	}
	if err == nil {
		kept = k.dropped
	}
	k.d.files.remove(k.instance.Realm, kept)
	return err
}

// sweep removes the files of the realm that no record speaks of, after many
// objects went at once.
func (k *call) sweep() error {
	names := k.d.files.names(k.instance.Realm)
	var gone []string
	err := k.d.dir.View(k.req.Context(), func(tx *core.Tx) error {
		gone = nil
		for _, name := range names {
			_, err := tx.Record(fileRef(k.instance.Realm, name))
			if errors.Is(err, core.ErrNotFound) {
				gone = append(gone, name)
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		k.d.files.remove(k.instance.Realm, gone)
	}
	return err
}
