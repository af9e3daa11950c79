package syncano

import (
	"errors"
	"net/http"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// userInput is what a request says of a user.
type userInput struct {
	username wire.Field[string]
	password wire.Field[string]
	profile  *objectInput // nil when not spoken of
	hash     string       // of password
}

// readUser reads the body. In full (POST and PUT), username and password must
// be there, and rights that the profile does not speak of go back to their defaults.
func (k *call) readUser(full bool) (*userInput, error) {
	in, err := k.bodyObject()
	if err != nil {
		return nil, err
	}
	p := &problems{}
	input := &userInput{
		username: k.text(in, "username", textRule{required: full, max: 64}, p),
		password: k.text(in, "password", textRule{required: full, max: 128}, p),
	}
	if err := k.readUserProfile(in, input, full, p); err != nil {
		return nil, err
	}
	return input, p.err()
}

// hashPassword prepares the password, outside of any transaction.
func (k *call) hashPassword(in *userInput) (err error) {
	if plain, ok := in.password.Get(); ok {
		in.hash, err = k.d.dir.HashPassword(k.req.Context(), plain)
	}
	return err
}

func createUser(k *call) (reply, error) {
	in, err := k.readUser(true)
	if err == nil {
		err = k.hashPassword(in)
	}
	if err != nil {
		return reply{}, err
	}
	key := newEvenKey(k.d.dir)
	k.showKey = k.who.account != nil
	u, err := k.updateUser(in.profile, func(tx *core.Tx) (*userView, error) { return k.addUser(tx, in, key) })
	if err != nil {
		return reply{}, err
	}
	return created(func(e *encoder) { e.user(u) })
}

func (k *call) addUser(tx *core.Tx, in *userInput, key string) (*userView, error) {
	u := &core.User{Realm: k.instance.Realm, Username: k.stored(in.username.Or("")), Password: in.hash, Enabled: true}
	u.SetHandle(userKeyHandle, key)
	var claims *schema.Claims
	if in.profile != nil {
		c, err := k.beginProfile(tx, in.profile.class, u)
		if err == nil {
			err = c.apply(in.profile)
		}
		if err != nil {
			return nil, k.underProfile(err)
		}
		c.body.Revision = 1
		setFacet(u, in.profile.class, c.row, c.body)
		claims = &c.claims
	}
	if err := tx.AddUser(u); err != nil {
		return nil, err
	}
	view, err := k.loadWritten(tx, u, in)
	if err == nil && claims != nil {
		err = claims.SavePending(view.profile.row.ID)
	}
	return view, err
}

// loadWritten loads the user for the answer to a write, which repeats the spelling
// of the name that was sent.
func (k *call) loadWritten(tx *core.Tx, u *core.User, in *userInput) (*userView, error) {
	view, err := k.loadUserView(tx, u)
	if err != nil {
		return nil, err
	}
	view.sentUsername = in.username.Or("")
	return view, nil
}

func saveUser(k *call) (reply, error) {
	in, err := k.readUser(k.method == http.MethodPut)
	if err == nil {
		err = k.hashPassword(in)
	}
	if err != nil {
		return reply{}, err
	}
	u, err := k.updateUser(in.profile, func(tx *core.Tx) (*userView, error) { return k.changeUser(tx, in) })
	if err != nil {
		return reply{}, err
	}
	return k.showUserView(u)
}

func (k *call) changeUser(tx *core.Tx, in *userInput) (*userView, error) {
	u, err := tx.User(core.ByID(k.instance.Realm, k.user.ID))
	if err != nil {
		return nil, err
	}
	changed, dirty := k.applyNames(in, tx, u), false
	if in.profile != nil {
		var valuesChanged bool
		if dirty, valuesChanged, err = in.profile.applyProfile(k, tx, u); err != nil {
			return nil, k.underProfile(err)
		}
		changed = changed || valuesChanged
	}
	if err := saveChanged(tx, u, dirty, changed); err != nil {
		return nil, err
	}
	return k.loadWritten(tx, u, in)
}

// applyNames changes username and password. A name that differs only in case
// from the stored one, which another dialect may show with its capitals, stays.
func (k *call) applyNames(in *userInput, tx *core.Tx, u *core.User) (changed bool) {
	if name, ok := in.username.Get(); ok && k.renames(name, u.Username) {
		u.Username = k.stored(name)
		changed = true
	}
	if in.hash != "" {
		u.Password, u.PasswordChangedAt = in.hash, tx.Now()
		changed = true
	}
	return changed
}

// underProfile nests faults of the profile where v1 has the profile's fields.
func (k *call) underProfile(err error) error {
	var faults *problems
	if k.v.v2 || !errors.As(err, &faults) {
		return err
	}
	p := &problems{}
	p.nest("profile", faults)
	return p
}

// stored is the spelling of a name to keep: v1 knows only small letters.
func (k *call) stored(name string) string {
	if k.v.v2 {
		return name
	}
	return core.Fold(name)
}

func (k *call) renames(name, old string) bool {
	if k.v.v2 {
		return name != old
	}
	return core.Fold(name) != core.Fold(old)
}

// updateUser runs change in one transaction. profile may bring files.
func (k *call) updateUser(profile *objectInput, change func(*core.Tx) (*userView, error)) (u *userView, err error) {
	err = k.updateWith(profile, func(tx *core.Tx) (err error) {
		u, err = change(tx)
		return err
	})
	return u, err
}

func deleteUser(k *call) (reply, error) {
	return noContent(k.updateWith(nil, func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(k.instance.Realm, k.user.ID))
		if err != nil {
			return err
		}
		if err := k.releaseProfileFiles(tx, u); err != nil {
			return err
		}
		return tx.RemoveUser(u)
	}))
}

// resetUserKey gives the user a new user key; the body is ignored.
func resetUserKey(k *call) (reply, error) {
	key := newEvenKey(k.d.dir)
	u, err := k.updateUser(nil, func(tx *core.Tx) (*userView, error) {
		u, err := tx.User(core.ByID(k.instance.Realm, k.user.ID))
		if err != nil {
			return nil, err
		}
		u.SetHandle(userKeyHandle, key)
		if err := tx.SaveUserKeepingUpdatedAt(u); err != nil {
			return nil, err
		}
		return k.loadUserView(tx, u)
	})
	if err != nil {
		return reply{}, err
	}
	return k.showUserView(u)
}
