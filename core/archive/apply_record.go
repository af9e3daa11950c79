package archive

import (
	"fmt"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
)

func (r *run) record(l *Record) (Verdict, error) {
	rec := l.core(r.opts.Realm)
	if rec.Kind == "" {
		return "", Refusal("a record has a kind")
	}
	if err := r.owner(l, rec); err != nil {
		return "", err
	}
	ref := core.RecordRef{Realm: rec.Realm, Kind: rec.Kind, ID: rec.ID}
	if rec.ID == 0 {
		ref.Key = rec.Key
	}
	old, err := r.tx.Record(ref)
	if err == nil && r.opts.RenumberRecords && rec.Owner != 0 && old.Owner != rec.Owner {
		rec.ID = 0
		if rec.Key == strconv.FormatInt(l.ID, 10) {
			rec.Key = ""
		}
		return r.addRecord(l, rec)
	}
	if core.KindOf(err) == core.NotFound {
		return r.addRecord(l, rec)
	}
	if err != nil {
		return "", err
	}
	rec.ID, rec.Key = old.ID, orText(rec.Key, old.Key)
	keepTimes(&rec.CreatedAt, &rec.UpdatedAt, old.CreatedAt, old.UpdatedAt)
	if rec.Owner == old.Owner && rec.Key == old.Key && sameText(rec.Body, old.Body) {
		return Unchanged, nil
	}
	rec.Revision = old.Revision
	return r.conflict("record", func() error { return r.tx.SaveRecordKeepingUpdatedAt(rec) })
}

// addRecord stores a new record. The row gets its number.
func (r *run) addRecord(l *Record, rec *core.Record) (Verdict, error) {
	err := r.tx.ImportRecord(rec)
	if core.KindOf(err) == core.NotFound {
		err = Refusal(fmt.Sprintf("the owner, user %d, does not exist", rec.Owner))
	}
	l.ID = rec.ID
	return Added, err
}
