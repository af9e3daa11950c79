package upstream

import (
	"fmt"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/dialects/internal/vendor"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/upload"
)

// Complete implements [archive.Live].
func (u *Upstream) Complete(tx *core.Tx, l *archive.Line) error {
	switch {
	case l.User != nil && l.User.Realm == syncano.AccountsRealm:
		return u.completeAccount(tx, l.User)
	case l.User != nil:
		return u.completeUser(tx, l.User)
	case l.Membership != nil:
		user, err := u.arrived(tx, l.Membership.User)
		if err == nil {
			l.Membership.UserUID = user.UID
		}
		return err
	case l.Record != nil && l.Record.Kind == upload.Kind:
		return u.completeFile(tx, l.Record)
	case l.Record != nil:
		return u.completeRecord(tx, l.Record)
	case l.File != nil:
		return hasRecord(tx, l.File)
	}
	return nil
}

// arrived returns the user of that number at the vendor. What belongs to a user who was
// removed here is left out, and of one who did not come it is refused.
func (u *Upstream) arrived(tx *core.Tx, id int64) (*core.User, error) {
	user, known, err := tx.ByOrigin(u.cfg.Realm, u.origin(id))
	switch {
	case core.KindOf(err) != core.NotFound:
		return user, err
	case known:
		return nil, archive.ErrSkip
	}
	return nil, archive.Refusal(fmt.Sprintf("the user %d of the vendor is not here", id))
}

// numbers finds what came from the vendor.
func (u *Upstream) numbers(tx *core.Tx) syncano.Numbers {
	found := func(id int64, err error) (int64, error) {
		if core.KindOf(err) == core.NotFound {
			return 0, nil
		}
		return id, err
	}
	return syncano.Numbers{
		User: func(id int64) (int64, error) {
			user, _, err := tx.ByOrigin(u.cfg.Realm, u.origin(id))
			if err != nil {
				return found(0, err)
			}
			return user.ID, nil
		},
		Group: func(id int64) (int64, error) {
			g, err := tx.Group(core.GroupRef{Realm: u.cfg.Realm, Kind: syncano.KindGroup, UID: u.uid("group", id)})
			if err != nil {
				return found(0, err)
			}
			return g.ID, nil
		},
	}
}

// completeAccount leaves an account that is here as it is, and brings the owner of an
// instance only with that instance.
func (u *Upstream) completeAccount(tx *core.Tx, l *archive.User) error {
	_, realm, err := syncano.StoredInstance(tx, u.cfg.Instance)
	isNew := core.KindOf(err) == core.NotFound
	switch {
	case err != nil && !isNew:
		return err
	case !isNew && realm != u.cfg.Realm:
		return fmt.Errorf("the instance %s shows the realm %q here, and not %q: give --realm %[2]s", u.cfg.Instance, realm, u.cfg.Realm)
	}
	stored, err := tx.UserIncludingDeleted(core.ByUsername(l.Realm, l.Username))
	switch {
	case err == nil:
		*l = archive.User{Realm: l.Realm, Username: stored.Username}
		return nil
	case core.KindOf(err) != core.NotFound:
		return err
	case !isNew:
		return archive.ErrSkip
	}
	if _, err := tx.UserIncludingDeleted(core.ByID(l.Realm, l.ID)); err == nil {
		l.ID = 0 // no client remembers the numbers of accounts
	}
	return nil
}

func (u *Upstream) completeUser(tx *core.Tx, l *archive.User) error {
	user := l.CoreUser(u.cfg.Realm)
	user.ID = 0
	stored, known, err := tx.ByOrigin(l.Realm, core.Origin(*l.Origin))
	if core.KindOf(err) == core.NotFound && !known {
		stored, err = tx.UserIncludingDeleted(core.ByUsername(l.Realm, l.Username))
	}
	switch {
	case err == nil:
		user.ID = stored.ID
	case core.KindOf(err) != core.NotFound:
		return err
	}
	doc, err := syncano.CompleteProfile(tx, user, u.numbers(tx))
	if err == nil {
		l.Facets[0].Text = string(doc.Text())
	}
	return err
}

func (u *Upstream) completeRecord(tx *core.Tx, l *archive.Record) error {
	body, n := core.NewDocument([]byte(l.Text)), u.numbers(tx)
	var err error
	switch class, isObject := strings.CutPrefix(l.Kind, schema.ObjectKind("")); {
	case l.Kind == syncano.KindInstance:
		body, err = u.completeInstance(tx, l)
	case l.Kind == schema.ClassKind:
		var given bool
		if body, given, err = syncano.CompleteClass(tx, l.Realm, l.Key, body, n); given {
			err = archive.ErrApplied
		}
	case l.Kind == schema.ProfileKind:
		return u.completeProfile(tx, l)
	case isObject:
		body, err = syncano.CompleteObject(tx, &core.Record{Realm: l.Realm, ID: l.ID, Body: body}, class, n)
	case l.Kind == syncano.KindAPIKey:
		l.ID, err = syncano.KeyNumber(tx, u.cfg.Instance, l.Key, l.ID)
	case l.Kind == syncano.KindEndpointACL:
		body, err = syncano.CompleteEndpointACL(body, n)
	}
	if err == nil {
		l.Document = archive.Document{Text: string(body.Text())}
	}
	return err
}

// completeInstance leaves an instance that is here as it is.
func (u *Upstream) completeInstance(tx *core.Tx, l *archive.Record) (*core.Document, error) {
	stored, _, err := syncano.StoredInstance(tx, l.Key)
	if err == nil {
		l.Owner = stored.Owner
		return stored.Body, nil
	}
	if core.KindOf(err) != core.NotFound {
		return nil, err
	}
	shown, err := vendor.ParseJSON([]byte(l.Text))
	if err != nil {
		return nil, err
	}
	owner, _ := shown.Get("owner")
	account, err := tx.User(core.ByUsername(syncano.AccountsRealm, syncano.ShownAccount(owner, "").Username))
	if err != nil {
		return nil, err
	}
	l.Owner = account.ID
	return syncano.ShownInstance(shown, u.cfg.Realm), nil
}

// completeProfile gives the record that reserves the number of a profile to its user.
func (u *Upstream) completeProfile(tx *core.Tx, l *archive.Record) error {
	user, err := u.arrived(tx, l.Owner)
	if err != nil {
		return err
	}
	l.OwnerUID, l.Key = user.UID, syncano.ProfileKey(user.ID)
	l.ID, err = syncano.ProfileNumber(tx, l.Realm, user.ID, l.ID)
	return err
}

// Imported implements [archive.Live].
func (u *Upstream) Imported(tx *core.Tx, l *archive.Line) error {
	if l.Record == nil {
		return nil
	}
	r := l.Record
	ref := core.RecordRef{Realm: r.Realm, Kind: r.Kind, ID: r.ID}
	switch class, isObject := strings.CutPrefix(r.Kind, schema.ObjectKind("")); {
	case r.Kind == syncano.KindInstance:
		return syncano.OpenInstance(tx, r.Key)
	case r.Kind == schema.ClassKind && r.Key == schema.ProfileClass:
		return tx.ProvisionAgain(r.Realm, 1)
	case r.Kind == schema.ProfileKind:
		return syncano.AttachProfile(tx, r.Realm, r.Key)
	case isObject:
		return syncano.ClaimObject(tx, ref, class)
	case r.Kind == syncano.KindAPIKey:
		return syncano.IndexKey(tx, u.cfg.Instance, r.Key)
	}
	return nil
}
