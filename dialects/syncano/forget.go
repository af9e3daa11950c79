package syncano

import "github.com/dragoman-gateway/dragoman/core"

// forgetValues removes the values of fields from all objects of k.class, some
// hundred at a time. Those of the people's class are their attributes, which
// other dialects show too: there they go as well.
func (k *call) forgetValues(gone []field) error {
	if len(gone) == 0 {
		return nil
	}
	for after, last := int64(0), int64(0); ; after = last {
		err := k.d.dir.Update(k.req.Context(), func(tx *core.Tx) (err error) {
			if k.class.isProfile() {
				last, err = k.forgetAttributes(tx, after, gone)
			} else {
				last, err = k.forgetObjectValues(tx, after, gone)
			}
			return err
		})
		if err != nil {
			return err
		}
		if last == 0 {
			return k.sweep()
		}
	}
}

// forgetAttributes does one step and returns the last user looked at; 0 at the end.
func (k *call) forgetAttributes(tx *core.Tx, after int64, gone []field) (last int64, err error) {
	users, err := tx.Users(core.UserQuery{Realm: k.instance.Realm, AfterID: after, Limit: scanChunk, Deleted: true})
	if err != nil {
		return 0, err
	}
	for _, u := range users {
		last = u.ID
		if ok, err := forgetNames(tx, u.Realm, &u.Attributes, gone); err != nil {
			return 0, err
		} else if !ok {
			continue
		}
		if err := tx.SaveUserKeepingUpdatedAt(u); err != nil {
			return 0, err
		}
	}
	return last, nil
}

func (k *call) forgetObjectValues(tx *core.Tx, after int64, gone []field) (last int64, err error) {
	rows, err := tx.Records(core.RecordQuery{Realm: k.instance.Realm, Kind: objectKind(k.class.name()), AfterID: after, Limit: scanChunk})
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		last = row.ID
		body, err := decodeObject(row)
		if err != nil {
			return 0, err
		}
		changed, values := *body, body.attributes()
		if ok, err := forgetNames(tx, row.Realm, &values, gone); err != nil {
			return 0, err
		} else if !ok {
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

// forgetNames tells whether there was anything to forget.
func forgetNames(tx *core.Tx, realm core.Realm, values *core.Attributes, gone []field) (found bool, err error) {
	for _, f := range gone {
		stored, ok := values.Get(f.Name)
		if !ok {
			continue
		}
		found = true
		values.Delete(f.Name)
		if f.Type == typeFile {
			if _, err := releaseFile(tx, realm, stored); err != nil {
				return found, err
			}
		}
	}
	return found, nil
}
