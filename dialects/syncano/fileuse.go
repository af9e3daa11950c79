package syncano

import (
	"errors"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// swapFile counts the new file of a value in, and the old one out.
func (c *change) swapFile(old string, in *schema.Input) error {
	if err := c.release(old); err != nil || in.File == "" {
		return err
	}
	row, err := c.tx.Record(fileRef(c.row.Realm, in.File))
	body := fileBody{}
	switch {
	case errors.Is(err, core.ErrNotFound) && in.Upload != nil:
		row = &core.Record{Realm: c.row.Realm, Kind: fileKind, Key: in.File, Owner: c.row.Owner}
		body.Type = in.Upload.ContentType
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
	name, ok := schema.StoredString(stored)
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
func (k *call) releaseFiles(tx *core.Tx, c *schema.Class, row *core.Record) error {
	k.dropped = nil
	files := c.Schema.Files()
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
	c, err := schema.FindProfileClass(tx, u.Realm)
	if err != nil {
		return err
	}
	return k.releaseFiles(tx, c, &core.Record{Realm: u.Realm, Kind: schema.ProfileKind, Owner: u.ID})
}

// withFiles keeps the uploads of a request before do stores what points at them,
// and removes them again if do fails, or else the files that nothing uses now.
func (k *call) withFiles(in *objectInput, do func() error) (err error) {
	var kept []string
	if in != nil {
		for i := range in.values {
			one := &in.values[i]
			if one.Upload == nil || err != nil {
				continue
			}
			if err = k.d.files.keep(k.instance.Realm, one.File, one.Upload.Data); err == nil {
				kept = append(kept, one.File)
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
