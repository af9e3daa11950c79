package sqldb

import (
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// needsGoMatch reports whether a search looks at what no engine can fold as
// [core.Fold] does: attributes and full names. Its rows are matched in Go.
func needsGoMatch(s core.Search) bool {
	return len(s.Terms) > 0 && (len(s.Attributes) > 0 || slices.Contains(s.Fields, core.FieldFullName))
}

// searchRows lists users for a search that is matched in Go.
func searchRows(t *tx, realm scope, q core.UserQuery) ([]*core.User, error) {
	found, err := matchRows(t, realm, q, "users", allUsers)
	if err != nil {
		return nil, err
	}
	return usersAt(t, q.Realm, found)
}

// matchRows returns the rows of the users that q keeps, in its order. It reads few
// columns, until the page is full. The conditions may exclude users that do not match.
func matchRows(t *tx, realm scope, q core.UserQuery, from string, conditions func(*builder)) (found []int64, err error) {
	b := selecting("id, username_key, email, uid, name_key, attributes, formatted, given, family", from)
	conditions(b)
	if q.After != nil && q.After.Realm != q.Realm {
		q.After = nil
	}
	w := narrow(&q)
	if err := userPage(t, b, realm, q, w); err != nil {
		return nil, err
	}
	q.Search.OrIDs = slices.Sorted(slices.Values(q.Search.OrIDs))
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

// allUsers adds no condition.
func allUsers(*builder) {}

// prefilterNames excludes users none of whose names contains a term, before they are
// matched in Go. In a full name, a space replaces the separator of the parts.
func prefilterNames(t *tx, b *builder, s core.Search) {
	var found []string
	var args []any
	for _, term := range s.Terms {
		if !storable(term) {
			continue
		}
		for _, f := range s.Fields {
			switch f {
			case core.FieldUID:
			case core.FieldFullName:
				found = append(found, t.db.engine.Find()+"(replace(coalesce(name_key, ''), ?, ' '), ?) > 0")
				args = append(args, nameSeparator, strings.ReplaceAll(term, nameSeparator, " "))
			default:
				found = append(found, t.db.engine.Find()+"("+searchKeys[f]+", ?) > 0")
				args = append(args, term)
			}
		}
	}
	b.and("("+strings.Join(append(found, "0 = 1"), " or ")+")", args...)
}

// matches reports whether a row of matchRows matches. OrIDs are sorted: there may be many.
func matches(r Row, s core.Search) (bool, error) {
	if _, ok := slices.BinarySearch(s.OrIDs, id(r.Int(0))); ok {
		return true, nil
	}
	for _, f := range s.Fields {
		if text, ok := searchText(r, f); ok && holdsAny(text, s.Terms) {
			return true, nil
		}
	}
	return matchesAttribute(r, s)
}

func matchesAttribute(r Row, s core.Search) (bool, error) {
	if len(s.Attributes) == 0 {
		return false, nil
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

// searchText returns the folded text of a field.
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
	case core.FieldFullName:
		return core.Fold(core.Name{Formatted: r.Text(6), Given: r.Text(7), Family: r.Text(8)}.Full()), true
	}
	return "", false
}

func holdsAny(text string, terms []string) bool {
	return slices.ContainsFunc(terms, func(term string) bool { return strings.Contains(text, term) })
}
