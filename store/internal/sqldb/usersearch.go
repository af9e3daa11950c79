package sqldb

import (
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// searchAttributes lists users for a search that looks into attributes. No
// engine can fold the strings in them as [core.Fold] does, so the rows are
// judged here, by few columns, until the page is full.
func (t *tx) searchAttributes(realm scope, q core.UserQuery) ([]*core.User, error) {
	found, err := t.matchAttributes(realm, q)
	if err != nil {
		return nil, err
	}
	return t.usersAt(q.Realm, found)
}

// matchAttributes returns the rows of the users that q keeps, in its order.
func (t *tx) matchAttributes(realm scope, q core.UserQuery) (found []int64, err error) {
	b := selecting("id, username_key, email, uid, name_key, attributes", "users")
	if q.Behind != nil && q.Behind.Realm != q.Realm {
		q.Behind = nil
	}
	w := narrow(&q)
	if err := t.userPage(b, realm, q, w); err != nil {
		return nil, err
	}
	skip := q.Offset
	err = t.query(b.text.String(), b.args, func(r Row) error {
		ok, err := matches(r, q.Search)
		if !ok || err != nil {
			return err
		}
		if skip > 0 {
			skip--
			return nil
		}
		found = append(found, r.Int(0))
		if len(found) == q.Limit {
			return stop{}
		}
		return nil
	})
	return found, err
}

// matches judges a row of matchAttributes.
func matches(r Row, s core.Search) (bool, error) {
	if slices.Contains(s.OrIDs, id(r.Int(0))) {
		return true, nil
	}
	for _, f := range s.Fields {
		if text, ok := searchText(r, f); ok && holdsAny(text, s.Terms) {
			return true, nil
		}
	}
	as, err := decodeAttributes(r.Text(5))
	if err != nil {
		return false, err
	}
	for _, name := range s.Attributes {
		if v, _ := as.Get(name); strings.HasPrefix(v, `"`) && holdsAny(core.Fold(unquote(v)), s.Terms) {
			return true, nil
		}
	}
	return false, nil
}

// searchText returns a field's folded text.
func searchText(r Row, f core.Field) (string, bool) {
	switch f {
	case core.FieldUsername:
		return r.Text(1), true
	case core.FieldEmail:
		return core.Fold(r.Text(2)), true
	case core.FieldUID:
		return core.Fold(r.Text(3)), true
	case core.FieldName:
		return r.Text(4), true
	}
	return "", false
}

func holdsAny(text string, terms []string) bool {
	for _, term := range terms {
		if strings.Contains(text, term) {
			return true
		}
	}
	return false
}
