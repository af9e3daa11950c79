package core

// originKind is the kind of the records that remember which users came from a live
// vendor. The key names the vendor and its id of the user; the body is the user's UID.
// A record stays when its user is removed, so that the user is not brought again.
const originKind = "core.origin"

// Origin names a user as a vendor does: the dialect that the vendor speaks, and what
// the vendor's API identifies the user by.
type Origin struct{ Vendor, ID string }

func (o Origin) ref(realm Realm) RecordRef {
	return RecordRef{Realm: realm, Kind: originKind, Key: o.Vendor + ":" + o.ID}
}

// ByOrigin finds the user that came from there. known reports whether one came, even if
// it was removed since: then it fails with NotFound.
func (tx *Tx) ByOrigin(realm Realm, o Origin) (u *User, known bool, err error) {
	r, err := tx.Record(o.ref(realm))
	if err != nil {
		return nil, false, err
	}
	u, err = tx.UserIncludingDeleted(ByUID(realm, string(r.Body.Text())))
	return u, true, err
}

// SaveOrigin remembers where the stored user came from. Only the operator may.
func (tx *Tx) SaveOrigin(u *User, o Origin) error {
	if err := operatorOnly(tx); err != nil {
		return err
	}
	r, err := tx.Record(o.ref(u.Realm))
	switch {
	case KindOf(err) == NotFound:
		ref := o.ref(u.Realm)
		r = &Record{Realm: ref.Realm, Kind: ref.Kind, Key: ref.Key}
	case err != nil:
		return err
	case string(r.Body.Text()) == u.UID:
		return nil
	}
	r.Body = NewDocument([]byte(u.UID))
	return tx.SaveRecord(r)
}

// Origins calls fn for each user that came from the vendor and is still there, in the
// order of their coming, until fn fails.
func (tx *Tx) Origins(realm Realm, vendor string, fn func(*User) error) error {
	q := RecordQuery{Realm: realm, Kind: originKind, Limit: 500}
	for {
		list, err := tx.Records(q)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, r := range list {
			if len(r.Key) <= len(vendor) || r.Key[:len(vendor)+1] != vendor+":" {
				continue
			}
			u, err := tx.User(ByUID(realm, string(r.Body.Text())))
			if KindOf(err) == NotFound {
				continue
			}
			if err == nil {
				err = fn(u)
			}
			if err != nil {
				return err
			}
		}
		q.AfterID = list[len(list)-1].ID
	}
}
