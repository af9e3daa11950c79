package core

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// checkNames fails if a login by the user's name or address could mean another user:
// a name that is another's address, an address that is another's name, and a name
// that only looks like another. before is the stored user, nil for a new one: names
// that do not change are not judged, so that what exists can be saved.
func checkNames(tx *Tx, u, before *User) error {
	var faults []Fault
	if before == nil || before.Username != u.Username {
		taken, err := nameMeansAnother(tx, u)
		switch {
		case err != nil:
			return err
		case hasInvisible(u.Username):
			faults = append(faults, Fault{Field: FieldUsername, Rule: Malformed})
		case taken:
			faults = append(faults, Fault{Field: FieldUsername, Rule: Taken})
		}
	}
	if u.Email != "" && (before == nil || before.Email != u.Email) {
		taken, err := addressMeansAnother(tx, u)
		switch {
		case err != nil:
			return err
		case hasInvisible(u.Email):
			faults = append(faults, Fault{Field: FieldEmail, Rule: Malformed})
		case taken:
			faults = append(faults, Fault{Field: FieldEmail, Rule: Taken})
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return withTakenNames(tx, u, faults)
}

// withTakenNames is the error of the faults and of those that the store would find.
func withTakenNames(tx *Tx, u *User, faults []Fault) error {
	for _, unique := range []struct {
		field Field
		ref   UserRef
	}{{FieldUsername, ByUsername(u.Realm, u.Username)}, {FieldEmail, ByEmail(u.Realm, u.Email)}} {
		if slices.ContainsFunc(faults, func(f Fault) bool { return f.Field == unique.field }) || unique.ref.Handle.Value == "" {
			continue
		}
		taken, err := findsAnother(tx, u, unique.ref)
		if err != nil {
			return err
		}
		if taken {
			faults = append(faults, Fault{Field: unique.field, Rule: Taken})
		}
	}
	// In field order, as everywhere: the name comes before the address.
	slices.SortStableFunc(faults, func(a, b Fault) int { return strings.Compare(string(b.Field), string(a.Field)) })
	return invalidUser(faults...)
}

// nameMeansAnother reports whether the user's name is another's address, or looks
// like another's name.
func nameMeansAnother(tx *Tx, u *User) (bool, error) {
	taken, err := findsAnother(tx, u, ByEmail(u.Realm, u.Username))
	if taken || err != nil {
		return taken, err
	}
	if isASCII(u.Username) {
		if tx.actor.operator {
			return false, nil // an operator's import is large and not an attack
		}
		return looksLikeAuthority(tx, u, u.Username) // adrnin is like admin
	}
	if taken, err := compatibleWithAnother(tx, u, u.Username); taken || err != nil {
		return taken, err
	}
	return looksLikeAuthority(tx, u, u.Username)
}

// addressMeansAnother reports whether the user's address is another's name, or another's
// address in compatibility forms, such as full-width letters, or looks like the name or
// the address of one who holds authority. One in ASCII is not judged by its looks: another
// has assigned it.
func addressMeansAnother(tx *Tx, u *User) (bool, error) {
	if taken, err := findsAnother(tx, u, ByUsername(u.Realm, u.Email)); taken || err != nil || isASCII(u.Email) {
		return taken, err
	}
	if taken, err := compatibleWithAnother(tx, u, u.Email); taken || err != nil {
		return taken, err
	}
	return looksLikeAuthority(tx, u, u.Email)
}

// compatibleWithAnother reports whether another user has a name or an address that the
// text is a compatibility form of, selectors of emoji aside.
func compatibleWithAnother(tx *Tx, u *User, text string) (bool, error) {
	plain := Fold(norm.NFKC.String(withoutSelectors(Fold(text))))
	if plain == Fold(text) {
		return false, nil
	}
	taken, err := findsAnother(tx, u, ByUsername(u.Realm, plain))
	if taken || err != nil {
		return taken, err
	}
	return findsAnother(tx, u, ByEmail(u.Realm, plain))
}

// findsAnother reports whether ref finds a user other than u, marked as deleted or not.
func findsAnother(tx *Tx, u *User, ref UserRef) (bool, error) {
	other, err := tx.UserIncludingDeleted(ref)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && other.ID != u.ID, err
}

// looksLikeAuthority reports whether the text, the user's name or address, looks like that
// of another who holds authority.
func looksLikeAuthority(tx *Tx, u *User, text string) (bool, error) {
	for _, kind := range tx.dir.authorityKinds {
		groups, err := tx.Groups(GroupQuery{Realm: u.Realm, Kind: kind})
		if err != nil {
			return false, err
		}
		for _, g := range groups {
			like, err := looksLikeMember(tx, u, text, g)
			if like || err != nil {
				return like, err
			}
		}
	}
	return false, nil
}

func looksLikeMember(tx *Tx, u *User, text string, g *Group) (bool, error) {
	conferred, err := rightsOf(tx, g)
	if err != nil || conferred.Empty() {
		return false, err
	}
	members, err := tx.Memberships(MembershipQuery{Realm: g.Realm, Kind: g.Kind, Group: g.ID})
	if err != nil {
		return false, err
	}
	for _, m := range members {
		other, err := tx.UserIncludingDeleted(ByID(g.Realm, m.User))
		if err != nil {
			return false, err
		}
		for _, login := range []string{other.Username, other.Email} {
			same := Fold(text) == Fold(login) // the store finds it, after other faults
			if other.ID != u.ID && login != "" && !same && looksLike(text, login) {
				return true, nil
			}
		}
	}
	return false, nil
}

// hasInvisible reports whether s has characters that show as nothing or change how the
// rest shows: control and format characters, separators of lines, and what Unicode lets
// a font ignore.
func hasInvisible(s string) bool {
	for _, r := range s {
		if r == brailleBlank || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp,
			unicode.Other_Default_Ignorable_Code_Point) {
			return true
		}
	}
	return false
}

// brailleBlank is a symbol of Braille without dots.
const brailleBlank = '\u2800'

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// ByLogin finds the user of that name or address, as what a person types to log in;
// deleted says to find those marked as deleted too. It fails with NotFound for a text
// that is the name of one user and the address of another, which an older version or
// an import may have stored: a login is not guessed.
func (tx *Tx) ByLogin(realm Realm, login string, deleted bool) (u *User, byEmail bool, err error) {
	find := tx.User
	if deleted {
		find = tx.UserIncludingDeleted
	}
	named, err := find(ByUsername(realm, login))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, false, err
	}
	addressed, emailErr := find(ByEmail(realm, login))
	switch {
	case emailErr != nil && !errors.Is(emailErr, ErrNotFound):
		return nil, false, emailErr
	case err == nil && emailErr == nil && named.ID != addressed.ID:
		return nil, false, &Error{Kind: NotFound, Subject: "user", Err: errAmbiguous}
	case emailErr == nil:
		return addressed, true, nil
	}
	return named, false, err
}

var errAmbiguous = errors.New("it names one user and is the address of another")
