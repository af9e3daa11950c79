package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/upload"
)

func createUser(c *call) (reply, error) {
	in, err := readUser(c, true)
	if err == nil {
		err = hashPassword(c, in)
	}
	if err != nil {
		return reply{}, err
	}
	key := newEvenKey(c.d.dir)
	c.showKey = c.caller.account != nil
	u, err := updateUser(c, in.profile, func(tx *core.Tx) (*userView, error) { return addUser(c, tx, in, key) })
	if err != nil {
		return reply{}, err
	}
	return created(func(e *encoder) { e.user(u) })
}

func addUser(k *call, tx *core.Tx, in *userInput, key string) (*userView, error) {
	u := &core.User{Realm: k.instance.Realm, Username: pystyle.Lower(in.username.Or("")), Enabled: true}
	u.SetPassword(in.chosen)
	u.SetHandle(userKeyHandle, key)
	var claims *schema.Claims
	if in.profile != nil {
		c, err := beginProfile(k, tx, in.profile.class, u)
		if err == nil {
			err = c.apply(in.profile)
		}
		if err != nil {
			return nil, underProfile(k, err)
		}
		c.body.Revision = 1
		setFacet(u, in.profile.class, c.row, c.body)
		claims = &c.claims
	}
	if err := tx.AddUser(u); err != nil {
		return nil, err
	}
	if err := k.checkUserCount(tx, u); err != nil {
		return nil, err
	}
	if err := giveFiles(&k.uses, in.profile, u.ID); err != nil {
		return nil, err
	}
	view, err := loadWritten(k, tx, u, in)
	if err == nil && claims != nil {
		err = claims.SavePending(view.profile.row.ID)
	}
	return view, err
}

// checkUserCount fails if the new user is one too many. Ids are not given again, so
// that most new users are within the limit without a count.
func (c *call) checkUserCount(tx *core.Tx, u *core.User) error {
	limit := c.d.cfg.MaxUsers
	if limit < 0 || u.ID <= int64(limit) {
		return nil
	}
	n, err := tx.CountUsers(core.UserQuery{Realm: u.Realm})
	if err == nil && n > limit {
		err = countExceeded("User", limit)
	}
	return err
}

// giveFiles makes a new user the holder of the files that came with it.
func giveFiles(uses *upload.Uses, profile *objectInput, user int64) error {
	if profile == nil {
		return nil
	}
	for _, v := range profile.values {
		if v.File == "" {
			continue
		}
		if err := uses.GiveNew(v.File, user); err != nil {
			return err
		}
	}
	return nil
}
