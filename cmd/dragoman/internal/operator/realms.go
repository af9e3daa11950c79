package operator

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// shownRealm is a realm as an operator sees it.
type shownRealm struct {
	Name     core.Realm `json:"name"`
	Users    int        `json:"users"`
	Deleted  int        `json:"deleted"`
	Reserved bool       `json:"reserved"`
	ShownBy  []string   `json:"shown_by"`
}

// realmKeeper is a dialect with data elsewhere that refers to realms.
type realmKeeper interface {
	ShownBy(tx *core.Tx, realm core.Realm) (what []string, err error)
}

// shownBy lists what shows the realm.
func (s *Store) shownBy(tx *core.Tx, realm core.Realm) (all []string, err error) {
	all = []string{}
	for _, d := range s.Dialects {
		k, ok := d.(realmKeeper)
		if !ok {
			continue
		}
		what, err := k.ShownBy(tx, realm)
		if err != nil {
			return nil, err
		}
		all = append(all, what...)
	}
	return all, nil
}

// ListRealms lists the realms.
type ListRealms struct{}

// Do lists the realms with the numbers of their users.
func (o *ListRealms) Do(ctx context.Context, s *Store) (Result, error) {
	var list []shownRealm
	err := s.Directory.View(ctx, func(tx *core.Tx) error {
		list = []shownRealm{}
		realms, err := tx.Realms()
		if err != nil {
			return err
		}
		for _, realm := range realms {
			r, err := s.showRealm(tx, realm)
			if err != nil {
				return err
			}
			list = append(list, r)
		}
		return nil
	})
	rows := [][]string{}
	for _, r := range list {
		rows = append(rows, []string{string(r.Name), fmt.Sprintf("%d users", r.Users), fmt.Sprintf("%d deleted", r.Deleted), strings.Join(r.ShownBy, ", ")})
	}
	return Result{Lines: table(rows), Data: list}, err
}

func (s *Store) showRealm(tx *core.Tx, realm core.Realm) (r shownRealm, err error) {
	r = shownRealm{Name: realm, Reserved: realm.Reserved()}
	if r.Users, err = tx.CountUsers(core.UserQuery{Realm: realm}); err != nil {
		return r, err
	}
	all, err := tx.CountUsers(core.UserQuery{Realm: realm, Deleted: true})
	if err != nil {
		return r, err
	}
	r.Deleted = all - r.Users
	r.ShownBy, err = s.shownBy(tx, realm)
	if slices.Contains(s.Shown, realm) {
		r.ShownBy = append(r.ShownBy, "the settings of a dialect")
	}
	return r, err
}

// Realm names one realm.
type Realm struct {
	Name core.Realm `arg:"" help:"Name of the realm."`
}

func (o *Realm) done(text string) Result {
	return Result{Lines: []string{string(o.Name) + ": " + text}, Data: map[string]string{"realm": string(o.Name), "result": text}}
}

// exists reports whether there is such a realm.
func (o *Realm) exists(tx *core.Tx) (bool, error) {
	realms, err := tx.Realms()
	return slices.Contains(realms, o.Name), err
}

// CreateRealm makes an empty realm.
type CreateRealm struct {
	Realm `embed:""`
}

// Do makes the realm.
func (o *CreateRealm) Do(ctx context.Context, s *Store) (Result, error) {
	if o.Name == "" || o.Name.Reserved() {
		return Result{}, misuse("a realm needs a name without a colon")
	}
	err := s.update(ctx, func(tx *core.Tx) error {
		there, err := o.exists(tx)
		if err != nil {
			return err
		}
		if there {
			return refuse("the realm %s exists already", o.Name)
		}
		if err := core.EnterRealm(tx, o.Name); err != nil {
			return err
		}
		return tx.RaiseCounter(o.Name, core.Counter{Name: "users", Next: 1})
	})
	return o.done("added"), err
}

// DropRealm removes a realm with all its users.
type DropRealm struct {
	Realm `embed:""`
	Yes   bool `help:"Do not refuse: the users cannot be brought back."`
}

// Do removes all that is in the realm, in steps that let a gateway write in between. Its numbers are not given again, so its name
// stays listed.
func (o *DropRealm) Do(ctx context.Context, s *Store) (Result, error) {
	switch {
	case o.Name.Reserved():
		return Result{}, misuse("%s belongs to a dialect", o.Name)
	case !o.Yes:
		return Result{}, misuse("the users of %s cannot be brought back: repeat the command with --yes", o.Name)
	case s.Served && slices.Contains(s.Shown, o.Name):
		return Result{}, refuse("a gateway serves the realm %s: stop it first", o.Name)
	}
	users := 0
	err := s.update(ctx, func(tx *core.Tx) (err error) {
		there, err := o.exists(tx)
		if err != nil {
			return err
		}
		if !there {
			return refuse("the realm %s does not exist", o.Name)
		}
		shown, err := s.shownBy(tx, o.Name)
		if err != nil {
			return err
		}
		if len(shown) > 0 {
			return refuse("the realm %s is shown by %s: delete that first", o.Name, strings.Join(shown, ", "))
		}
		if users, err = tx.CountUsers(core.UserQuery{Realm: o.Name, Deleted: true}); err != nil {
			return err
		}
		return core.BeginRemoval(tx, o.Name)
	})
	if err == nil {
		err = core.FinishRemoval(ctx, s.Directory, o.Name)
	}
	return o.done(fmt.Sprintf("dropped with %d users", users)), err
}
