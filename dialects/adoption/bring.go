package adoption

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
)

var (
	errTooLarge     = errors.New("the vendor shows more of the user than one may have")
	errNoUser       = errors.New("the vendor shows no user")
	errOther        = errors.New("another user has the name, the address or the number here")
	errKeyAuthority = errors.New("the key gives rights over users; import it, or allow --adopt-authority")
	errAuthority    = errors.New("a user with authority over others has no password here; import it, or set one")
)

// maxAdopted is how many bytes an archive of the user may have who is adopted.
const maxAdopted = 1 << 20

// isTooLarge reports whether the lines are more than one user may have.
func isTooLarge(lines []*archive.Line) (bool, error) {
	size := 0
	for _, l := range lines {
		text, err := json.Marshal(l)
		if err != nil {
			return false, err
		}
		size += len(text)
	}
	return size > maxAdopted, nil
}

// bring stores the proven user. The hash is made outside of any transaction.
func (a *Adopter) bring(ctx context.Context, s *source, c core.Credential, lines []*archive.Line) error {
	ctx = context.WithoutCancel(ctx) // the vendor has answered; what follows is ours
	user := userOf(lines)
	if user == nil && c.Kind == core.CredentialKey {
		return a.load(ctx, s, lines)
	}
	if user == nil || user.Origin == nil {
		return errNoUser
	}
	if large, err := isTooLarge(lines); err != nil || large {
		return cmp.Or(err, errTooLarge)
	}
	hash, err := a.hash(ctx, c)
	if err != nil {
		return err
	}
	known, err := a.isKnown(ctx, user)
	if err != nil {
		return err
	}
	if !known {
		if err := a.load(ctx, s, lines); err != nil {
			return err
		}
	}
	return a.cfg.Directory.Update(ctx, core.Operator(), func(tx *core.Tx) error { return a.keep(tx, s, c, user, hash) })
}

func userOf(lines []*archive.Line) *archive.User {
	for _, l := range lines {
		if l.User != nil {
			return l.User
		}
	}
	return nil
}

// numberOf returns the user's number at the vendor; 0 if it has none.
func numberOf(lines []*archive.Line) int64 {
	if l := userOf(lines); l != nil {
		return l.ID
	}
	return 0
}

func (a *Adopter) hash(ctx context.Context, c core.Credential) (string, error) {
	if c.Kind == core.CredentialPassword {
		return a.cfg.Directory.HashPassword(ctx, c.Secret)
	}
	return a.cfg.Directory.HashSecret(ctx, a.cfg.SecretCost, c.Secret)
}

// isKnown reports whether the user came before. One who was removed here stays removed. A
// user who is here already, and did not come from the vendor, must have the vendor's number,
// if it has any: two users of one name are not the same for that. And they must not hold
// authority: the vendor does not decide who acts for them.
func (a *Adopter) isKnown(ctx context.Context, l *archive.User) (known bool, err error) {
	err = a.cfg.Directory.View(ctx, func(tx *core.Tx) (err error) {
		if _, known, err = tx.ByOrigin(l.Realm, core.Origin(*l.Origin)); known || ignoreMissing(err) != nil {
			return err
		}
		u, err := tx.UserIncludingDeleted(core.ByUsername(l.Realm, l.Username))
		switch {
		case err != nil:
			return ignoreMissing(err)
		case l.ID != 0 && l.ID != u.ID:
			return errOther
		case a.cfg.AdoptAuthority:
			return nil
		}
		held, err := tx.Authority(u)
		if err == nil && !held.Empty() {
			err = errAuthority
		}
		return err
	})
	return known, err
}

// load imports what the vendor shows of the user, or of the key that has none.
func (a *Adopter) load(ctx context.Context, s *source, lines []*archive.Line) error {
	refused := error(nil)
	user := userOf(lines)
	opts := archive.ImportOptions{
		Completer: &limited{s.vendor, a.cfg.AdoptAuthority}, OnConflict: archive.Skip,
		Renumber: a.cfg.Renumber, RenumberRecords: true,
		Report: func(o archive.Outcome) error {
			switch {
			case user != nil && o.User == "": // what belongs to the user, who can do without
			case o.Verdict == archive.Refused:
				refused = errors.Join(errOther, errors.New(o.Reason))
			case o.Verdict == archive.Skipped && user == nil:
				refused = errKeyAuthority
			}
			return nil
		},
	}
	source := lineSource(lines)
	_, err := archive.NewImporter(a.cfg.Directory, opts).Run(ctx, func() (archive.Source, error) { return &source, nil })
	if err != nil {
		return err
	}
	if refused != nil {
		return refused
	}
	return a.cfg.Directory.ProvisionExisting(ctx)
}

// keep gives the user the credential that the vendor has proven, unless there is one here.
func (a *Adopter) keep(tx *core.Tx, s *source, c core.Credential, l *archive.User, hash string) error {
	u, _, err := tx.ByOrigin(l.Realm, core.Origin(*l.Origin))
	if err != nil {
		return err
	}
	if c.User != nil && c.User.UID != u.UID {
		return errOther
	}
	if err := core.MarkAdopted(tx, u, core.Origin(*l.Origin)); err != nil {
		return err
	}
	if c.Kind == core.CredentialKey {
		return s.vendor.Keep(tx, u, c, hash)
	}
	if u.Password != "" {
		return nil // it was set here meanwhile, and wins
	}
	return core.AdoptPassword(tx, u, hash)
}

// limited leaves out memberships that confer authority, unless they are allowed.
type limited struct {
	archive.Completer
	all bool
}

// Complete implements [archive.Completer].
func (l *limited) Complete(tx *core.Tx, line *archive.Line) error {
	if err := l.Completer.Complete(tx, line); err != nil || l.all {
		return err
	}
	switch m := line.Membership; {
	case m != nil:
		confers, err := core.Confers(tx, core.GroupRef{Realm: m.Realm, Kind: m.Kind, ID: m.Group})
		if err == nil && confers {
			return archive.ErrSkip
		}
		return ignoreMissing(err)
	case line.User != nil:
		return l.leaveOut(tx, line.User)
	case line.Record != nil:
		confers, err := core.RecordConfers(tx, line.Record.CoreRecord())
		if err == nil && confers {
			return archive.ErrSkip
		}
		return err
	}
	return nil
}

// leaveOut removes the groups that confer authority from those of the user.
func (l *limited) leaveOut(tx *core.Tx, u *archive.User) error {
	for kind, uids := range u.Groups {
		var kept []string
		for _, uid := range uids {
			confers, err := core.Confers(tx, core.GroupRef{Realm: u.Realm, Kind: kind, UID: uid})
			if ignoreMissing(err) != nil {
				return err
			}
			if !confers {
				kept = append(kept, uid)
			}
		}
		u.Groups[kind] = kept
	}
	return nil
}

func ignoreMissing(err error) error {
	if core.KindOf(err) == core.NotFound {
		return nil
	}
	return err
}

// lineSource is a source of lines.
type lineSource []*archive.Line

// Next implements [archive.Source].
func (s *lineSource) Next() (*archive.Line, int, error) {
	if len(*s) == 0 {
		return nil, 0, io.EOF
	}
	first := (*s)[0]
	*s = (*s)[1:]
	return first, 1, nil
}
