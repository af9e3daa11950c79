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
