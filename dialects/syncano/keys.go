package syncano

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
)

// KeyForm says what PrepareKey needs.
func (d *Dialect) KeyForm() dialects.KeyForm {
	return dialects.KeyForm{Owner: "Name of an instance, or address of an account", Name: true, Rights: everyFlag.flags()}
}

// PrepareKey returns the function that makes an API key of the instance that the
// request calls the owner, or the account key of the account of that address, which
// must have none: see RevokeKey.
func (d *Dialect) PrepareKey(_ context.Context, req dialects.KeyRequest) (add func(*core.Tx) (dialects.NewKey, error), err error) {
	if strings.Contains(req.Owner, "@") {
		return d.prepareAccountKey(req)
	}
	body := apiKey{Description: req.Name}
	for _, right := range req.Rights {
		if err := body.allow(right); err != nil {
			return nil, err
		}
	}
	key := newAPIKey(d.dir)
	return func(tx *core.Tx) (made dialects.NewKey, err error) {
		in, err := findInstance(tx, req.Owner)
		if err != nil {
			return made, err
		}
		row, err := addKey(tx, in, key, body)
		if err != nil {
			return made, err
		}
		return dialects.NewKey{ID: idOfKey(in, row), Secret: key}, nil
	}, nil
}

// allow sets the flag that is called the right.
func (k *apiKey) allow(right string) error {
	switch right {
	case "ignore_acl":
		k.IgnoreACL = true
	case "allow_user_create":
		k.AllowUserCreate = true
	case "allow_group_create":
		k.AllowGroupCreate = true
	case "allow_anonymous_read":
		k.AllowAnonymousRead = true
	default:
		return fmt.Errorf("unknown right %q: an API key may have %s", right, strings.Join(everyFlag.flags(), ", "))
	}
	return nil
}

func (d *Dialect) prepareAccountKey(req dialects.KeyRequest) (add func(*core.Tx) (dialects.NewKey, error), err error) {
	if len(req.Rights) > 0 {
		return nil, fmt.Errorf("unknown right %q: an account key has the rights of its account", req.Rights[0])
	}
	key := newEvenKey(d.dir)
	return func(tx *core.Tx) (made dialects.NewKey, err error) {
		u, err := tx.User(core.ByUsername(accountsRealm, req.Owner))
		if err != nil {
			return made, err
		}
		if u.Handle(accountKeyHandle) != "" {
			return made, errKeyExists
		}
		u.SetHandle(accountKeyHandle, key)
		return dialects.NewKey{ID: accountID(u), Secret: key}, tx.SaveUser(u)
	}, nil
}

var errKeyExists = &core.Error{Kind: core.Conflict, Subject: "user", Err: errors.New("the account has a key already: revoke it first")}

// The id of an API key is its instance's name and its number in it, that of an account
// key is the account's number.
const accountIDs = "account"

func idOfKey(in *instance, row *core.Record) string { return in.row.Key + "/" + decimal(row.ID) }

func accountID(u *core.User) string { return accountIDs + "/" + decimal(u.ID) }

// Keys lists account keys, and the API keys of instances. It fails with NotFound if
// the owner does not exist.
func (d *Dialect) Keys(tx *core.Tx, q dialects.KeyQuery) (keys []dialects.Key, err error) {
	if q.Owner == "" || strings.Contains(q.Owner, "@") {
		if keys, err = accountKeys(tx, q); err != nil {
			return nil, err
		}
	}
	instances, err := keyInstances(tx, q)
	if err != nil {
		return nil, err
	}
	for _, in := range instances {
		if q.Limit > 0 && len(keys) >= q.Limit {
			return keys[:q.Limit], nil
		}
		rows, err := keysOf(tx, in)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			k, err := keyOfInstance(in, r)
			if err != nil {
				return nil, err
			}
			keys = append(keys, k)
		}
	}
	if q.Limit > 0 && len(keys) > q.Limit {
		keys = keys[:q.Limit]
	}
	return keys, nil
}

func accountKeys(tx *core.Tx, q dialects.KeyQuery) (keys []dialects.Key, err error) {
	holders := core.UserQuery{Realm: accountsRealm, Deleted: true, HandleKind: accountKeyHandle, Limit: q.Limit}
	if q.Owner != "" {
		account, err := tx.User(core.ByUsername(accountsRealm, q.Owner))
		if err != nil {
			return nil, err
		}
		holders.IDs = []int64{account.ID}
	} else if q.Any {
		holders.Order = core.OrderHandle
	}
	accounts, err := tx.Users(holders)
	for _, u := range accounts {
		keys = append(keys, keyOfAccount(u))
	}
	return keys, err
}

// keyInstances returns the instances whose API keys are listed.
func keyInstances(tx *core.Tx, q dialects.KeyQuery) (list []*instance, err error) {
	if strings.Contains(q.Owner, "@") {
		return nil, nil
	}
	if q.Owner != "" {
		in, err := findInstance(tx, q.Owner)
		return []*instance{in}, err
	}
	rows, err := tx.Records(core.RecordQuery{Realm: accountsRealm, Kind: instanceKind})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		in, err := decodeInstance(row)
		if err != nil {
			return nil, err
		}
		list = append(list, in)
	}
	return list, nil
}

func keyOfAccount(u *core.User) dialects.Key {
	return dialects.Key{ID: accountID(u), Dialect: Name, Realm: string(accountsRealm), Owner: u.Email, Name: "account key", Rights: []string{}}
}

func keyOfInstance(in *instance, r *core.Record) (dialects.Key, error) {
	body, err := decodeAPIKey(r)
	k := dialects.Key{ID: idOfKey(in, r), Dialect: Name, Realm: string(in.Realm), Owner: in.row.Key, CreatedAt: r.CreatedAt}
	if err == nil {
		k.Name, k.Rights = body.Description, append([]string{}, body.flags()...)
	}
	return k, err
}

// RevokeKey takes an account key away, or removes an API key, and returns it. It
// fails with NotFound if there is none of that id.
func (d *Dialect) RevokeKey(tx *core.Tx, id string) (k dialects.Key, err error) {
	of, number, _ := strings.Cut(id, "/")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return k, core.ErrNotFound
	}
	if of == accountIDs {
		u, err := tx.UserIncludingDeleted(core.ByID(accountsRealm, n))
		if err != nil || u.Handle(accountKeyHandle) == "" {
			return k, core.ErrNotFound
		}
		u.SetHandle(accountKeyHandle, "")
		return keyOfAccount(u), tx.SaveUser(u)
	}
	in, err := findInstance(tx, of)
	if err != nil {
		return k, err
	}
	row, err := findKeyOf(tx, in, core.RecordRef{ID: n})
	if err != nil {
		return k, err
	}
	if k, err = keyOfInstance(in, row); err != nil {
		return k, err
	}
	if err := removeKeyIndex(tx, row.Key); err != nil {
		return k, err
	}
	return k, tx.RemoveRecord(row)
}

// GrantAll gives the account of the user's address full rights in each instance that
// shows the user's realm. Without one, it makes an account that has neither a password
// nor a key; see checkGrant for one that is there.
func (d *Dialect) GrantAll(tx *core.Tx, u *core.User) error {
	email := pystyle.Lower(u.Email)
	if !isEmail(email) {
		return &core.Error{Kind: core.Conflict, Subject: "user", Err: errors.New("the user has no address, which the name of an account is")}
	}
	account, err := tx.User(core.ByUsername(accountsRealm, email))
	if errors.Is(err, core.ErrNotFound) {
		account = newAccount(email, "", "")
		account.Facets.Set(Name, accountBody{Active: true}.document())
		err = tx.AddUser(account)
	}
	if err == nil {
		err = checkGrant(tx, u.Realm, account)
	}
	if err != nil {
		return err
	}
	return eachInstanceOf(tx, u.Realm, func(in *instance) error { return grantRole(tx, in, account, fullRole) })
}

// checkGrant refuses an account that can be logged in to, that is not active, and that has
// no role yet in an instance of the realm: the address of an account that registered here
// is not verified, so it may be another's. Accounts of a seed are active, and so are those
// whose address the vendor verified.
func checkGrant(tx *core.Tx, realm core.Realm, account *core.User) error {
	if accountBodyOf(account).Active || account.Password == "" && account.Handle(accountKeyHandle) == "" {
		return nil
	}
	known := false
	err := eachInstanceOf(tx, realm, func(in *instance) error {
		held, err := in.roleOf(tx, account)
		known = known || held > noRole
		return err
	})
	if err != nil || known {
		return err
	}
	return &core.Error{Kind: core.Conflict, Subject: "account", Err: errors.New("there is an account of this address, which may be another's: " +
		"let it be made an administrator of the instance by one who is, or deleted")}
}

// RevokeAll takes away the roles of the account of the user's address in each instance
// that shows the user's realm. The owner of an instance stays what it is.
func (d *Dialect) RevokeAll(tx *core.Tx, u *core.User) error {
	account, err := tx.User(core.ByUsername(accountsRealm, pystyle.Lower(u.Email)))
	if err != nil {
		return err
	}
	return eachInstanceOf(tx, u.Realm, func(in *instance) error {
		if in.row.Owner == account.ID {
			return &core.Error{Kind: core.Conflict, Subject: "user", Err: fmt.Errorf("the account owns the instance %s: delete the instance, or take the account's key and password away", in.row.Key)}
		}
		admin, err := tx.Record(core.RecordRef{Realm: in.Realm, Kind: adminKind, Key: roleKey(in.row.ID, account.ID)})
		if errors.Is(err, core.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return removeRole(tx, in, admin)
	})
}

// eachInstanceOf calls fn with each instance that shows the realm.
func eachInstanceOf(tx *core.Tx, realm core.Realm, fn func(*instance) error) error {
	rows, err := tx.Records(core.RecordQuery{Realm: accountsRealm, Kind: instanceKind})
	if err != nil {
		return err
	}
	for _, row := range rows {
		in, err := decodeInstance(row)
		if err == nil && in.Realm == realm {
			err = fn(in)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// grantRole gives the account the role in the instance unless it has one as high.
func grantRole(tx *core.Tx, in *instance, account *core.User, r role) error {
	held, err := in.roleOf(tx, account)
	if err != nil || held >= r {
		return err
	}
	key := roleKey(in.row.ID, account.ID)
	row, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: roleKind, Key: key})
	isNew := errors.Is(err, core.ErrNotFound)
	if isNew {
		row, err = &core.Record{Realm: accountsRealm, Kind: roleKind, Key: key, Owner: account.ID}, nil
	}
	if err != nil {
		return err
	}
	row.Body = document(roleBody{Instance: in.row.ID, Role: r})
	if err := tx.SaveRecord(row); err != nil || !isNew {
		return err
	}
	return tx.SaveRecord(&core.Record{Realm: in.Realm, Kind: adminKind, Key: key})
}

// ShownBy returns what keeps the realm from being removed: the instances that show it.
func (d *Dialect) ShownBy(tx *core.Tx, realm core.Realm) (what []string, err error) {
	err = eachInstanceOf(tx, realm, func(in *instance) error {
		what = append(what, "the instance "+in.row.Key)
		return nil
	})
	return what, err
}
