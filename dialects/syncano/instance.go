package syncano

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/query"
)

func instanceEndpoints() []*endpoint {
	fields := []optionField{
		{name: "name", kind: "string", label: "Name", required: true, maxLength: 64},
		{name: "description", kind: "string", label: "Description", maxLength: 256},
		{name: "metadata", kind: "field", label: "Metadata"},
	}
	return []*endpoint{
		{path: "instances/", title: "Instance List", verbs: []verb{
			{method: http.MethodGet, op: "instances.list", may: anyKey, read: listInstances},
			{method: http.MethodPost, op: "instances.create", may: anyAccount, act: createInstance, fields: fields},
		}},
		{path: "instances/:instance/", title: "Instance Instance", verbs: []verb{
			{method: http.MethodGet, op: "instances.show", may: anyKey, find: findOwnInstance, read: showInstance},
			{method: http.MethodPut, op: "instances.update", may: anyAccount, find: findManagedInstance, act: saveInstance, fields: fields[1:]},
			{method: http.MethodPatch, op: "instances.patch", may: anyAccount, find: findManagedInstance, act: saveInstance},
			{method: http.MethodDelete, op: "instances.delete", may: anyAccount, find: findOwnedInstance, act: deleteInstance},
		}},
		{path: "instances/:instance/rename/", title: "Instance Rename", verbs: []verb{
			{method: http.MethodPost, op: "instances.rename", may: anyAccount, find: findOwnedInstance, act: renameInstance},
		}},
	}
}

// findOwnInstance finds the instance of the path, if the caller has anything to
// do with it; to all others it is not there.
func findOwnInstance(c *call, tx *core.Tx) error {
	in, err := findInstance(tx, c.echo.Param("instance"))
	if err != nil {
		return err
	}
	if c.caller.key != nil {
		if ours, err := in.holds(tx, c.caller.keyRow.Key); err != nil || !ours {
			return cmp.Or[error](err, errNotFound)
		}
	}
	if c.caller.account != nil {
		if c.caller.role, err = in.roleOf(tx, c.caller.account); err != nil {
			return err
		}
		if c.caller.role == noRole {
			return errNotFound
		}
	}
	c.setInstance(in)
	return nil
}

func findManagedInstance(c *call, tx *core.Tx) error { return findWithRole(c, tx, fullRole) }

func findOwnedInstance(c *call, tx *core.Tx) error { return findWithRole(c, tx, ownerRole) }

func findWithRole(c *call, tx *core.Tx, least role) error {
	if err := findOwnInstance(c, tx); err != nil {
		return err
	}
	if c.caller.role < least {
		return errForbidden
	}
	return nil
}

func listInstances(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	list, err := instancesOfPage(c, c.tx, p)
	if err != nil {
		return reply{}, err
	}
	return showPage(c, p, len(list), instanceShape, func(i int) int64 { return list[i].row.ID }, func(e *encoder, i int) { e.instance(list[i]) })
}

// instancesOfPage loads the caller's instances. They are few: an account's own
// are limited, and those it was invited to are as many as its roles.
func instancesOfPage(c *call, tx *core.Tx, p *query.Page) ([]shownInstance, error) {
	roles, err := instanceRoles(c, tx)
	if err != nil || len(roles) == 0 {
		return nil, err
	}
	q := core.RecordQuery{Realm: accountsRealm, Kind: instanceKind, IDs: slices.Sorted(maps.Keys(roles))}
	prefix := c.query().Get("name__startswith")
	rows, err := scanPage(c, p, func(at query.Range) ([]*core.Record, error) {
		q.AfterID, q.BeforeID, q.Desc, q.Limit = at.After, at.Before, at.Desc, at.Limit
		return tx.Records(q)
	}, func(r *core.Record) int64 { return r.ID }, func(r *core.Record) bool { return strings.HasPrefix(r.Key, prefix) })
	if err != nil {
		return nil, err
	}
	list := make([]shownInstance, len(rows))
	for i, row := range rows {
		in, err := decodeInstance(row)
		if err == nil {
			list[i], err = shownOf(c, tx, in, roles[row.ID])
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// instanceRoles returns the ids of the caller's instances with its role in each.
func instanceRoles(c *call, tx *core.Tx) (map[int64]role, error) {
	if c.caller.key != nil {
		in, err := instanceOfKey(tx, c.caller.keyRow.Key)
		if err != nil {
			return nil, err
		}
		return map[int64]role{in.row.ID: noRole}, nil
	}
	owners := []int64{c.caller.account.ID}
	owned, err := tx.Records(core.RecordQuery{Realm: accountsRealm, Kind: instanceKind, Owners: owners})
	if err != nil {
		return nil, err
	}
	roles := map[int64]role{}
	for _, row := range owned {
		roles[row.ID] = ownerRole
	}
	given, err := tx.Records(core.RecordQuery{Realm: accountsRealm, Kind: roleKind, Owners: owners})
	for _, row := range given {
		if body, err := core.Decoded(row.Body, decodeJSON[roleBody]); err == nil {
			roles[body.Instance] = body.Role
		}
	}
	return roles, err
}

// instanceLinks are an instance's links, below itself.
var instanceLinks = []struct{ name, path string }{
	{"self", ""}, {"admins", "admins/"}, {"snippets", "snippets/"}, {"endpoints", "endpoints/"},
	{"push_notification", "push_notifications/"}, {"classes", "classes/"}, {"invitations", "invitations/"},
	{"api_keys", "api_keys/"}, {"triggers", "triggers/"}, {"schedules", "schedules/"}, {"users", "users/"},
	{"groups", "groups/"}, {"channels", "channels/"}, {"batch", "batch/"}, {"rename", "rename/"},
	{"backups", "backups/"}, {"restores", "restores/"}, {"hosting", "hosting/"},
}

// shownInstance is an instance with what else is shown of it.
type shownInstance struct {
	*instance
	owner *core.User
	role  role
}

func (e *encoder) instance(in shownInstance) {
	e.setInstance(e.v, in.instance)
	e.Obj().Key("name").Str(in.row.Key).Key("description").Str(in.Description).Key("owner")
	e.account(in.owner, false)
	e.Key("created_at").Time(in.row.CreatedAt, wire.MicrosZ).Key("updated_at").Time(in.row.UpdatedAt, wire.MicrosZ)
	e.Key("role").Str(in.role.word()).Key("location").Str("dev").Key("metadata")
	e.rawOrEmpty(in.Metadata)
	e.Key("links").Obj()
	for _, l := range instanceLinks {
		e.Key(l.name)
		e.link(l.path)
	}
	e.End().End()
}

func shownOf(c *call, tx *core.Tx, in *instance, r role) (shownInstance, error) {
	owner, err := tx.User(core.ByID(accountsRealm, in.row.Owner))
	return shownInstance{in, owner, r}, err
}

func showInstance(c *call) (reply, error) {
	in, err := shownOf(c, c.tx, c.instance, c.caller.role)
	if err != nil {
		return reply{}, err
	}
	return show(instanceShape, func(e *encoder) { e.instance(in) })
}

// accountsRealm holds what lies above instances: accounts, instances, and the
// index of API keys.
const accountsRealm core.Realm = "syncano:accounts"

// Kinds of record in accountsRealm.
const (
	instanceKind = "syncano.instance"
	roleKind     = "syncano.role"
	realmKind    = "syncano.realm" // a realm that is or was an instance's; see realmBody
)

// instance is one instance with what is stored of it. Its name is the record's
// key, its owner the record's.
type instance struct {
	row *core.Record
	*instanceBody
}

// instanceBody is the stored form of an instance.
type instanceBody struct {
	Realm core.Realm `json:"realm"`
	// Shared says that an operator chose the realm: other dialects, or another
	// instance, may speak for it too.
	Shared bool `json:"shared,omitempty"`
	// Version is that of the API which the instance was made for; "" is v1 and v1.1.
	// See rulesInForce.
	Version     string          `json:"version,omitempty"`
	Description string          `json:"description"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
}

func decodeInstance(row *core.Record) (*instance, error) {
	body, err := core.Decoded(row.Body, decodeNew[instanceBody])
	if err != nil {
		return nil, err
	}
	return &instance{row, body}, nil
}

// findInstance finds an instance by its name in any case.
func findInstance(tx *core.Tx, name string) (*instance, error) {
	row, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: instanceKind, Key: strings.ToLower(name)})
	if err != nil {
		return nil, err
	}
	return decodeInstance(row)
}

// enterInstance finds the instance that the path names.
func (c *call) enterInstance(tx *core.Tx) error {
	in, err := findInstance(tx, c.echo.Param("instance"))
	if errors.Is(err, core.ErrNotFound) {
		return errNoInstance
	}
	if err != nil {
		return err
	}
	c.setInstance(in)
	return nil
}

func (c *call) setInstance(in *instance) {
	c.instance = in
	c.enc.setInstance(c.v, in)
}

// roleBody is the stored form of an account's role in an instance that is not
// its own; the record belongs to the account.
type roleBody struct {
	Instance int64 `json:"instance"`
	Role     role  `json:"role"`
}

func roleKey(instance, account int64) string {
	return strconv.FormatInt(instance, 10) + "/" + strconv.FormatInt(account, 10)
}

// roleOf returns what the account may do in the instance.
func (in *instance) roleOf(tx *core.Tx, account *core.User) (role, error) {
	if in.row.Owner == account.ID {
		return ownerRole, nil
	}
	row, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: roleKind, Key: roleKey(in.row.ID, account.ID)})
	if errors.Is(err, core.ErrNotFound) {
		return noRole, nil
	}
	if err != nil {
		return noRole, err
	}
	body, err := core.Decoded(row.Body, decodeJSON[roleBody])
	return body.Role, err
}

// decodeJSON decodes a stored document; an empty one is the zero value.
func decodeJSON[T any](text []byte) (v T, err error) {
	if len(text) > 0 {
		err = json.Unmarshal(text, &v)
	}
	return v, err
}

// decodeNew is decodeJSON for what is kept behind a pointer.
func decodeNew[T any](text []byte) (*T, error) {
	v, err := decodeJSON[T](text)
	return &v, err
}

// document encodes what decodeJSON decodes. The types stored here have nothing
// that could fail.
func document(v any) *core.Document {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // "<" would take six times the space, and each list the time to read it
	if err := e.Encode(v); err != nil {
		panic("syncano: " + err.Error())
	}
	return core.NewDocument(bytes.TrimSuffix(text.Bytes(), []byte("\n")))
}
