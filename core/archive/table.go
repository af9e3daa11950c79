package archive

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// Rows is a table: a CSV file or the answer of a database.
type Rows interface {
	// Columns are the headings.
	Columns() []string
	// Next returns the next row, as many texts as there are columns, and its line.
	// A text that is not valid is NULL or absent. It ends with io.EOF.
	Next() (row []Cell, line int, err error)
}

// Cell is one text of a table; not Valid is NULL.
type Cell struct {
	Text  string
	Valid bool
}

// MaxColumns is the most columns that a table can have.
const MaxColumns = 1000

// Table reads users from rows. It is a [Source].
type Table struct {
	rows    Rows
	columns []column
	opts    TableOptions
}

// column sets what one column says of a user.
type column struct {
	heading string
	set     func(*User, string) error
}

// TableOptions say how to read a table.
type TableOptions struct {
	// Names gives the fields of headings that are not named like one, and "" for a
	// column to leave out.
	Names map[string]string
	// AuthenticationKey is the key of the OnApp panel whose hashes come in the columns
	// password_hash and password_salt; [passwd.OnAppShippedKey] by default.
	AuthenticationKey string
	// Layout is the form of hashes that no scheme knows, with the salt in password_salt.
	Layout *passwd.Layout
	// Pepper is part of that layout, or else what was added to the passwords of bcrypt.
	Pepper string
	// Firebase are the parameters of a project whose hashes no scheme knows.
	Firebase *passwd.FirebaseParameters
}

// NewTable returns a source of the rows, whose columns are named like the core's
// fields; see README.md. It fails for a heading that is not a field.
func NewTable(rows Rows, opts TableOptions) (*Table, error) {
	headings := rows.Columns()
	if len(headings) > MaxColumns {
		return nil, fmt.Errorf("the table has %d columns; %d are the most", len(headings), MaxColumns)
	}
	t := &Table{rows: rows, opts: opts}
	seen := map[string]bool{}
	for i, heading := range headings {
		field, given := opts.Names[heading]
		if !given {
			field = heading
		}
		c := column{heading: heading}
		if field != "" {
			if c.set = fieldSetter(field); c.set == nil && given {
				return nil, fmt.Errorf("line 1: column %d: %q, which is given for %q, is not a field", i+1, field, heading)
			}
			if c.set == nil {
				return nil, fmt.Errorf("line 1: column %d: %q is not a field; give its field with --column '%s=FIELD', or leave it out with --column '%s='", i+1, heading, heading, heading)
			}
			if seen[field] {
				return nil, fmt.Errorf("line 1: column %d: the field %q has two columns", i+1, field)
			}
			seen[field] = true
		}
		t.columns = append(t.columns, c)
	}
	for heading := range opts.Names {
		if !slices.Contains(headings, heading) {
			return nil, fmt.Errorf("the table has no column %q", heading)
		}
	}
	return t, nil
}

// Next implements [Source].
func (t *Table) Next() (*Line, int, error) {
	row, line, err := t.rows.Next()
	if err != nil {
		return nil, line, err
	}
	u := new(User)
	for i, c := range t.columns {
		if c.set == nil || i >= len(row) || !row[i].Valid || row[i].Text == "" {
			continue
		}
		if err := c.set(u, row[i].Text); err != nil {
			return nil, line, &RowError{line, fmt.Errorf("column %d (%s): %w", i+1, c.heading, err), encodeRow(row)}
		}
	}
	if err := t.opts.Finish(u); err != nil {
		return nil, line, &RowError{line, err, encodeRow(row)}
	}
	return &Line{User: u, source: encodeRow(row)}, line, nil
}

// ErrNoField says that a user has no such field.
var ErrNoField = errors.New("a user has no such field")

// SetField sets a field of the user, named like the column of a table, to what the text
// says. "" changes nothing.
func SetField(u *User, field, text string) error {
	set := fieldSetter(field)
	switch {
	case set == nil:
		return ErrNoField
	case text == "":
		return nil
	}
	return set(u, text)
}

// fieldSetter returns what stores the text of a field in a user; nil if there is no
// such field.
func fieldSetter(field string) func(*User, string) error {
	if set := simpleFields[field]; set != nil {
		return set
	}
	group, name, ok := strings.Cut(field, ".")
	if !ok || name == "" {
		return nil
	}
	switch group {
	case "attributes":
		return func(u *User, text string) error { return setAttribute(u, name, text) }
	case "handles":
		return func(u *User, text string) error {
			u.Handles = append(u.Handles, Handle{name, text})
			return nil
		}
	case "groups":
		return func(u *User, text string) error { return setGroups(u, name, text) }
	case "facets":
		return func(u *User, text string) error { return setFacet(u, name, text) }
	}
	return nil
}

var simpleFields = map[string]func(*User, string) error{
	"id":                  numberField(func(u *User) *int64 { return &u.ID }),
	"revision":            numberField(func(u *User) *int64 { return &u.Revision }),
	"realm":               textField(func(u *User) *string { return (*string)(&u.Realm) }),
	"uid":                 textField(func(u *User) *string { return &u.UID }),
	"username":            textField(func(u *User) *string { return &u.Username }),
	"email":               textField(func(u *User) *string { return &u.Email }),
	"password_salt":       textField(func(u *User) *string { return &u.passwordSalt }),
	"password_hash":       textField(func(u *User) *string { return &u.PasswordHash }),
	"name":                textField(func(u *User) *string { return &u.Name }),
	"given_name":          textField(func(u *User) *string { return &u.GivenName }),
	"family_name":         textField(func(u *User) *string { return &u.FamilyName }),
	"enabled_until":       timeField(func(u *User) *time.Time { return &u.EnabledUntil }),
	"created_at":          timeField(func(u *User) *time.Time { return &u.CreatedAt }),
	"updated_at":          timeField(func(u *User) *time.Time { return &u.UpdatedAt }),
	"password_changed_at": timeField(func(u *User) *time.Time { return &u.PasswordChangedAt }),
	"deleted_at":          timeField(func(u *User) *time.Time { return &u.DeletedAt }),
	"enabled": func(u *User, text string) error {
		enabled, err := boolean(text)
		u.Enabled = &enabled
		return err
	},
}

func textField(of func(*User) *string) func(*User, string) error {
	return func(u *User, text string) error {
		*of(u) = text
		return nil
	}
}

func numberField(of func(*User) *int64) func(*User, string) error {
	return func(u *User, text string) (err error) {
		if *of(u), err = strconv.ParseInt(text, 10, 64); err != nil || *of(u) < 1 {
			return fmt.Errorf("%q is not a number from 1 to 9223372036854775807", text)
		}
		return nil
	}
}

func timeField(of func(*User) *time.Time) func(*User, string) error {
	return func(u *User, text string) error {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", time.DateOnly} {
			if t, err := time.Parse(layout, text); err == nil {
				*of(u) = t
				return nil
			}
		}
		return fmt.Errorf("%q is not a date such as 2024-05-06T07:08:09Z; without a zone it is UTC", text)
	}
}

func boolean(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "true", "t", "1", "yes", "y", "on":
		return true, nil
	case "false", "f", "0", "no", "n", "off":
		return false, nil
	}
	return false, fmt.Errorf("%q is not true or false", text)
}

// setAttribute takes JSON as it is, and anything else as a string.
func setAttribute(u *User, name, text string) error {
	value := text
	if !json.Valid([]byte(text)) {
		encoded, err := json.Marshal(text)
		if err != nil {
			return err
		}
		value = string(encoded)
	}
	u.Attributes = append(u.Attributes, struct{ Name, Value string }{name, value})
	return nil
}

// setGroups reads names with semicolons between them.
func setGroups(u *User, kind, text string) error {
	if u.Groups == nil {
		u.Groups = map[string][]string{}
	}
	for _, name := range strings.Split(text, ";") {
		if name = strings.TrimSpace(name); name != "" {
			u.Groups[kind] = append(u.Groups[kind], name)
		}
	}
	return nil
}

// setFacet sets a whole facet ("onapp") or one member of it ("onapp.locale").
func setFacet(u *User, name, text string) error {
	dialect, member, isMember := strings.Cut(name, ".")
	if !isMember {
		if !json.Valid([]byte(text)) {
			return fmt.Errorf("a facet is JSON")
		}
		u.Facets = append(u.Facets, Facet{dialect, Document{Body: json.RawMessage(text)}})
		return nil
	}
	at := slices.IndexFunc(u.Facets, func(f Facet) bool { return f.Dialect == dialect })
	if at < 0 {
		u.Facets = append(u.Facets, Facet{dialect, Document{Body: json.RawMessage("{}")}})
		at = len(u.Facets) - 1
	}
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(u.Facets[at].Body, &members); err != nil {
		return err
	}
	if !json.Valid([]byte(text)) {
		encoded, err := json.Marshal(text)
		if err != nil {
			return err
		}
		text = string(encoded)
	}
	members[member] = json.RawMessage(text)
	body, err := json.Marshal(members)
	u.Facets[at].Body = body
	return err
}

// encodeRow returns the row as a line of CSV.
func encodeRow(row []Cell) []byte {
	texts := make([]string, len(row))
	for i, c := range row {
		texts[i] = c.Text
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(texts) // a buffer takes everything
	w.Flush()
	return b.Bytes()
}
