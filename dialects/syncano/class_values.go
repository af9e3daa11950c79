package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/query"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/upload"
)

// removeValues removes the values of fields from all objects of c.class, some
// hundred in a transaction. The values of profiles are the users' attributes,
// which other dialects show too; they are removed there as well.
func removeValues(c *call, fields schema.Fields) error {
	if len(fields) == 0 {
		return nil
	}
	for after, last := int64(0), int64(0); ; after = last {
		err := proceed(c, func(tx *core.Tx) (err error) {
			if c.class.IsProfile() {
				last, err = removeAttributes(c, tx, after, fields)
			} else {
				last, err = removeObjectValues(c, tx, after, fields)
			}
			return err
		})
		if err != nil {
			return err
		}
		if last == 0 {
			return c.d.files.Sweep(c.req.Context(), c.d.dir, c.instance.Realm)
		}
	}
}

// removeAttributes does one step and returns the last user of it; 0 at the end.
func removeAttributes(c *call, tx *core.Tx, after int64, fields schema.Fields) (last int64, err error) {
	users, err := tx.Users(core.UserQuery{Realm: c.instance.Realm, AfterID: after, Limit: query.ChunkSize, Deleted: true})
	if err != nil {
		return 0, err
	}
	uses := countFiles(c, tx, c.instance.Realm)
	for _, u := range users {
		last = u.ID
		if found, err := removeNames(uses, u.ID, &u.Attributes, fields); err != nil {
			return 0, err
		} else if !found {
			continue
		}
		if err := tx.SaveUserKeepingUpdatedAt(u); err != nil {
			return 0, err
		}
	}
	return last, nil
}

func removeObjectValues(c *call, tx *core.Tx, after int64, fields schema.Fields) (last int64, err error) {
	rows, err := tx.Records(core.RecordQuery{Realm: c.instance.Realm, Kind: schema.ObjectKind(c.class.Name()), AfterID: after, Limit: query.ChunkSize})
	if err != nil {
		return 0, err
	}
	uses := countFiles(c, tx, c.instance.Realm)
	for _, row := range rows {
		last = row.ID
		body, err := decodeObject(row)
		if err != nil {
			return 0, err
		}
		changed, values := *body, body.attributes()
		if found, err := removeNames(uses, row.Owner, &values, fields); err != nil {
			return 0, err
		} else if !found {
			continue
		}
		changed.setValues(values)
		row.Body = document(changed)
		if err := tx.SaveRecordKeepingUpdatedAt(row); err != nil {
			return 0, err
		}
	}
	return last, nil
}

// removeNames reports whether there was a value of the holder's to remove.
func removeNames(uses *upload.Uses, holder int64, values *core.Attributes, fields schema.Fields) (found bool, err error) {
	for _, f := range fields {
		stored, ok := values.Get(f.Name)
		if !ok {
			continue
		}
		found = true
		values.Delete(f.Name)
		if name, _ := schema.StoredString(stored); f.Type == schema.File {
			if err := uses.Release(name, holder); err != nil {
				return found, err
			}
		}
	}
	return found, nil
}
