package syncano

import (
	"errors"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
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

// files implements schema.Files for one request.
type files struct{ k *call }

// NewName makes a random name, with the extension of the client's name if that is
// plain letters and digits.
func (fs files) NewName(upload *wire.File) (name, fault string) {
	if !fs.k.d.files.enabled() {
		return "", "Files cannot be kept here."
	}
	extension := strings.ToLower(path.Ext(upload.Filename))
	if len(extension) > maxExtension+1 {
		return "", "File provided has too long extension. Max 16 characters."
	}
	if !plainExtension.MatchString(extension) {
		extension = ""
	}
	return fs.k.d.dir.NewKey(hexDigits, keyLength) + extension, ""
}

// NameInLink returns the name in a link to a file of this instance, or "".
func (fs files) NameInLink(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	before, name, found := strings.Cut(u.Path, "/instances/"+fs.k.instance.row.Key+"/files/")
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

// Link is the link to a file; "" if name is not a file's.
func (fs files) Link(name string) string {
	if !isFileName(name) {
		return ""
	}
	base := strings.TrimSuffix(fs.k.d.cfg.PublicURL, "/")
	if base == "" {
		scheme := "http"
		if fs.k.req.TLS != nil {
			scheme = "https"
		}
		base = scheme + "://" + fs.k.req.Host
	}
	return base + string(fs.k.prefix) + "files/" + name
}

// lookUpFile checks that a linked file is there.
func (k *call) lookUpFile(tx *core.Tx, in *schema.Input, p *problems) error {
	if in.Upload != nil || in.File == "" {
		return nil
	}
	_, err := tx.Record(fileRef(k.instance.Realm, in.File))
	if errors.Is(err, core.ErrNotFound) {
		p.add(in.Field.Name, "Existing file does not exist.")
		return nil
	}
	return err
}

func fileRef(realm core.Realm, name string) core.RecordRef {
	return core.RecordRef{Realm: realm, Kind: fileKind, Key: name}
}
