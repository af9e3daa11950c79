package core

import "strings"

// originKind is the kind of the records that remember which users came from a live
// vendor. The key names the vendor and its id of the user; the body is the user's UID, and
// adoptedMark behind it if the user was adopted at a login.
// A record stays when its user is removed, so that the user is not brought again.
const originKind = "core.origin"

// adoptedMark is no part of any UID.
const adoptedMark = "\nadopted"

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
	uid, _ := originOf(r)
	u, err = tx.UserIncludingDeleted(ByUID(realm, uid))
	return u, true, err
}

func originOf(r *Record) (uid string, adopted bool) {
	return strings.CutSuffix(string(r.Body.Text()), adoptedMark)
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
	}
	uid, adopted := originOf(r)
	if uid == u.UID {
		return nil
	}
	return saveOrigin(tx, r, u, adopted)
}

func saveOrigin(tx *Tx, r *Record, u *User, adopted bool) error {
	text := u.UID
	if adopted {
		text += adoptedMark
	}
	r.Body = NewDocument([]byte(text))
	return tx.SaveRecord(r)
}

// MarkAdopted remembers that the user, who came from there, was adopted at a login.
func MarkAdopted(tx *Tx, u *User, o Origin) error {
	if err := operatorOnly(tx); err != nil {
		return err
	}
	r, err := tx.Record(o.ref(u.Realm))
	if err != nil {
		return err
	}
	if _, adopted := originOf(r); adopted {
		return nil
	}
	return saveOrigin(tx, r, u, true)
}

// Origins calls fn for each user that came from the vendor and is still there, in the
// order of their coming, until fn fails.
func Origins(tx *Tx, realm Realm, vendor string, fn func(u *User, adopted bool) error) error {
	q := RecordQuery{Realm: realm, Kind: originKind, Limit: 500}
	for {
		list, err := tx.Records(q)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, r := range list {
			if !strings.HasPrefix(r.Key, vendor+":") {
				continue
			}
			uid, adopted := originOf(r)
			u, err := tx.User(ByUID(realm, uid))
			if KindOf(err) == NotFound {
				continue
			}
			if err == nil {
				err = fn(u, adopted)
			}
			if err != nil {
				return err
			}
		}
		q.AfterID = list[len(list)-1].ID
	}
}

// OriginCounts are users who came from a vendor and are still there.
type OriginCounts struct {
	Came, Adopted   int
	WithoutPassword int // whose logins the vendor still has to prove
}

// CountOrigins counts those of a vendor in a realm. It reads each of them.
func CountOrigins(tx *Tx, realm Realm, vendor string) (n OriginCounts, err error) {
	err = Origins(tx, realm, vendor, func(u *User, adopted bool) error {
		n.Came++
		if adopted {
			n.Adopted++
		}
		if u.Password == "" {
			n.WithoutPassword++
		}
		return nil
	})
	return n, err
}
