package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/trigram"
)

// refoldVersion is the migration that folds names again, since [core.Fold] has changed for the two
// letters ς and İ. It is in Go because no database folds as core.Fold does.
const (
	refoldVersion = 2
	refoldName    = "00002_refold.go"
)

// ErrSameName reports users who have different names for an earlier program and the same name for
// this one. Which of them keeps it is not for a program to choose.
var ErrSameName = errors.New("users have the same name")

func goMigrations() []*goose.Migration {
	return []*goose.Migration{goose.NewGoMigration(refoldVersion, &goose.GoFunc{RunTx: refold}, nil)}
}

// refold writes the keys of all users again whose texts have one of the letters. It fails with
// [ErrSameName], and changes nothing, if users would then share a key.
func refold(ctx context.Context, tx *sql.Tx) error {
	users, err := usersToRefold(ctx, tx)
	if err != nil || len(users) == 0 {
		return err
	}
	// The old keys go first: a new one may be the old one of another user.
	for _, e := range users {
		aside := fmt.Sprintf("%saside%016x", noEmail, e.row)
		if _, err := tx.ExecContext(ctx, "update users set username_key = $1, email_key = $2 where id = $3", aside, aside, e.row); err != nil {
			return err
		}
	}
	if err := checkSameNames(ctx, tx, users); err != nil {
		return err
	}
	for _, e := range users {
		_, err := tx.ExecContext(ctx, "update users set uid_key = $1, username_key = $2, email_key = $3, name_key = $4 where id = $5",
			uidKey(e.user.UID), e.keys.username, e.keys.email, nameKey(e.user.Name), e.row)
		if err != nil {
			return err
		}
	}
	return refoldFilters(ctx, tx, users)
}

// usersToRefold returns the users whose texts have one of the letters, with what their keys are made of.
func usersToRefold(ctx context.Context, tx *sql.Tx) (users []*userEntry, err error) {
	texts := "uid || username || email || formatted || given || family || attributes"
	var conditions []string
	for _, letter := range []string{"ς", "İ", `u03c2`, `u03C2`, `u0130`} { // in attributes they may be escaped
		conditions = append(conditions, texts+" like '%"+letter+"%'")
	}
	rows, err := tx.QueryContext(ctx, "select id, uid, username, email, formatted, given, family, attributes from users where "+
		strings.Join(conditions, " or ")+" order by id")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		e, err := scanToRefold(rows)
		if err != nil {
			return nil, err
		}
		users = append(users, e)
	}
	return users, rows.Err()
}

func scanToRefold(rows *sql.Rows) (*userEntry, error) {
	var row int64
	var attributes string
	u := &core.User{}
	err := rows.Scan(&row, &u.UID, &u.Username, &u.Email, &u.Name.Formatted, &u.Name.Given, &u.Name.Family, &attributes)
	if err != nil {
		return nil, err
	}
	u.Attributes, err = decodeAttributes(attributes)
	return newUserEntry(u, row), err
}

// checkSameNames fails with all pairs of users that would share a key. The users themselves have
// none at this time.
func checkSameNames(ctx context.Context, tx *sql.Tx, users []*userEntry) error {
	type key struct {
		realm  scope
		column string
		value  string
	}
	holders := map[key]int64{}
	var found []error
	for _, e := range users {
		realm := scopeOf(e.row)
		for _, k := range []key{{realm, "username", e.keys.username}, {realm, "email", e.keys.email}} {
			holder, taken := holders[k]
			if !taken {
				sql := "select coalesce(max(id), 0) from users where realm = $1 and " + k.column + "_key = $2"
				if err := tx.QueryRowContext(ctx, sql, int64(realm), k.value).Scan(&holder); err != nil {
					return err
				}
			}
			holders[k] = e.row
			if holder != 0 {
				pair, err := sameName(ctx, tx, k.column, holder, e.row)
				if err != nil {
					return err
				}
				found = append(found, pair)
			}
		}
	}
	return errors.Join(found...)
}

// sameName describes two users with the same key. It has no name of a user, which may be private.
func sameName(ctx context.Context, tx *sql.Tx, column string, a, b int64) (pair error, err error) {
	var realm string
	if err := tx.QueryRowContext(ctx, "select name from realms where no = $1", int64(scopeOf(a))).Scan(&realm); err != nil {
		return nil, err
	}
	ids := []int64{id(a), id(b)}
	slices.Sort(ids)
	return fmt.Errorf("%w: %s of users %d and %d of realm %q; the store is unchanged: give one of them another %s with the former version",
		ErrSameName, column, ids[0], ids[1], realm, column), nil
}

// refoldFilters adds the newly folded texts to the filters by which users are searched.
func refoldFilters(ctx context.Context, tx *sql.Tx, users []*userEntry) error {
	for i := 0; i < len(users); {
		block := trigram.Block(users[i].row)
		f, err := filterToRefold(ctx, tx, block)
		if err != nil {
			return err
		}
		for ; i < len(users) && trigram.Block(users[i].row) == block; i++ {
			f.add(users[i])
		}
		if _, err := tx.ExecContext(ctx, "delete from grams where id = $1", block); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "insert into grams (id, bits) values ($1, $2)", block, f.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func filterToRefold(ctx context.Context, tx *sql.Tx, block int64) (*filterEntry, error) {
	var bits []byte
	switch err := tx.QueryRowContext(ctx, "select bits from grams where id = $1", block).Scan(&bits); {
	case errors.Is(err, sql.ErrNoRows):
		return &filterEntry{block, trigram.New()}, nil
	case err != nil:
		return nil, err
	}
	f, err := trigram.Parse(bits)
	return &filterEntry{block, f}, err
}
