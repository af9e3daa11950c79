package operator

import (
	"context"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// Secret is a password that the command line does not take as an argument.
type Secret struct {
	Password string `kong:"-" json:"password"`
}

// SetSecret sets the password.
func (s *Secret) SetSecret(text string) { s.Password = text }

// CreateUser adds a user.
type CreateUser struct {
	Name       string     `arg:"" help:"User name."`
	Realm      core.Realm `default:"main" help:"Realm of the user."`
	Email      string     `help:"E-mail address."`
	GivenName  string     `help:"Given name."`
	FamilyName string     `help:"Family name."`
	Disabled   bool       `help:"Add the user as disabled."`
	NoPassword bool       `help:"Give the user no password."`
	Secret     `embed:""`
}

// NeedsSecret reports whether the operation takes a password.
func (o *CreateUser) NeedsSecret() bool { return !o.NoPassword }

// Do adds the user.
func (o *CreateUser) Do(ctx context.Context, s *Store) (Result, error) {
	if o.Realm == "" || o.Realm.Reserved() {
		return Result{}, misuse("a realm with a colon is reserved")
	}
	var password core.ChosenPassword
	if o.NeedsSecret() {
		var err error
		if password, err = s.password(ctx, o.Password); err != nil {
			return Result{}, err
		}
	}
	u := &core.User{
		Realm: o.Realm, Username: o.Name, Email: o.Email, Enabled: !o.Disabled,
		Name: core.Name{Given: o.GivenName, Family: o.FamilyName},
	}
	u.SetPassword(password)
	var view shownUser
	err := s.update(ctx, func(tx *core.Tx) error {
		added := u.Clone()
		err := tx.AddUser(added)
		view = shown(added, tx.Now())
		return err
	})
	named := User{Name: o.Name, Realm: o.Realm}
	result := named.done("added with number %d", view.ID)
	result.Data = view
	return result, named.named(err)
}

// password hashes a password.
func (s *Store) password(ctx context.Context, plain string) (core.ChosenPassword, error) {
	if plain == "" {
		return core.ChosenPassword{}, misuse("the password is empty")
	}
	return s.Directory.ChoosePassword(ctx, plain)
}

// SetPassword gives a user another password.
type SetPassword struct {
	User   `embed:""`
	Secret `embed:""`
}

// NeedsSecret reports whether the operation takes a password.
func (o *SetPassword) NeedsSecret() bool { return true }

// Do sets the password and lets the user in at once.
func (o *SetPassword) Do(ctx context.Context, s *Store) (Result, error) {
	password, err := s.password(ctx, o.Password)
	if err != nil {
		return Result{}, err
	}
	err = o.change(ctx, s, func(tx *core.Tx, u *core.User) error {
		u.SetPassword(password)
		u.PasswordChangedAt = tx.Now()
		if err := tx.SaveUser(u); err != nil {
			return err
		}
		s.Directory.ForgetFailures(u)
		return nil
	})
	return o.done("has the new password"), err
}

// EnableUser lets a user act who was disabled or has expired.
type EnableUser struct {
	User `embed:""`
}

// Do enables the user.
func (o *EnableUser) Do(ctx context.Context, s *Store) (Result, error) {
	err := o.change(ctx, s, func(tx *core.Tx, u *core.User) error {
		if u.Enabled = true; !u.Active(tx.Now()) {
			u.EnabledUntil = time.Time{}
		}
		return tx.SaveUser(u)
	})
	return o.done("enabled"), err
}

// DisableUser stops a user from acting, in every dialect.
type DisableUser struct {
	User `embed:""`
}

// Do disables the user.
func (o *DisableUser) Do(ctx context.Context, s *Store) (Result, error) {
	err := o.change(ctx, s, func(tx *core.Tx, u *core.User) error {
		u.Enabled = false
		return tx.SaveUser(u)
	})
	return o.done("disabled"), err
}

// EndSessions makes the keys void that applications hold for a user.
type EndSessions struct {
	User `embed:""`
}

// Do ends the sessions.
func (o *EndSessions) Do(ctx context.Context, s *Store) (Result, error) {
	err := o.change(ctx, s, func(tx *core.Tx, u *core.User) error {
		if err := tx.EndSessions(u); err != nil {
			return err
		}
		return tx.SaveUserKeepingUpdatedAt(u)
	})
	return o.done("must log in again"), err
}

// DeleteUser removes a user with all that is theirs.
type DeleteUser struct {
	User `embed:""`
	Yes  bool `help:"Do not refuse: the user cannot be brought back."`
}

// Do removes the user, also one that is marked as deleted.
func (o *DeleteUser) Do(ctx context.Context, s *Store) (Result, error) {
	if !o.Yes {
		return Result{}, misuse("%s cannot be brought back: repeat the command with --yes", o.Name)
	}
	err := s.update(ctx, func(tx *core.Tx) error {
		u, _, err := tx.ByLogin(o.Realm, o.Name, true)
		if err != nil {
			return err
		}
		return tx.RemoveUser(u)
	})
	return o.done("deleted"), o.named(err)
}
