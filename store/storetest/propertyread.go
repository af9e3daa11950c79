package storetest

import (
	"github.com/dragoman-gateway/dragoman/core"
)

// read asks both the same random question.
func (c *comparison) read(tx core.StoreTx, m *model) {
	reads := []func(core.StoreTx, *model){
		c.getUser, c.getUser, c.getGroup, c.getRecord, c.listUsers, c.listUsers, c.listGroups, c.listMemberships, c.listRecords,
	}
	reads[c.draw(len(reads), "read")](tx, m)
}

func (c *comparison) getUser(tx core.StoreTx, m *model) {
	realm := c.realm()
	ref := []core.UserRef{
		core.ByID(realm, c.id()),
		core.ByID(realm, c.id()+1<<40),
		core.ByUID(realm, c.pick("uid", "u1", "U2", "u2", "u3", "Ü4")),
		core.ByUsername(realm, c.pick("username", "a", "ab", "ünal", "日本")),
		core.ByEmail(realm, c.pick("email", "", "a@x", "ü@x", "z@x")),
		core.ByHandle(realm, c.pick("kind", "k1", "k2"), c.pick("handle", "h1", "h2", `h"3`)),
	}[c.draw(6, "ref")]
	if ref == (core.UserRef{Realm: realm}) {
		return
	}
	got, gotErr := tx.GetUser(ref)
	want, wantErr := m.GetUser(ref)
	if c.agree("get user", gotErr, wantErr) {
		c.same("the user", got, want)
	}
}

func (c *comparison) getGroup(tx core.StoreTx, m *model) {
	ref := core.GroupRef{Realm: c.realm(), Kind: c.kind()}
	switch c.draw(3, "ref") {
	case 0:
		ref.ID = c.id()
	case 1:
		ref.UID = c.pick("uid", "u1", "u2", "u3")
	default:
		ref.Key = c.pick("key", "k1", "k2")
	}
	got, gotErr := tx.GetGroup(ref)
	want, wantErr := m.GetGroup(ref)
	if c.agree("get group", gotErr, wantErr) {
		c.same("the group", got, want)
	}
}

func (c *comparison) getRecord(tx core.StoreTx, m *model) {
	ref := core.RecordRef{Realm: c.realm(), Kind: c.recordKind(), ID: c.id()}
	if c.draw(2, "ref") == 0 || ref.ID == 0 {
		ref.ID, ref.Key = 0, c.pick("key", "k", "1", "2", "3", "05")
	}
	got, gotErr := tx.GetRecord(ref)
	want, wantErr := m.GetRecord(ref)
	if c.agree("get record", gotErr, wantErr) {
		c.same("the record", got, want)
	}
}

func (c *comparison) listUsers(tx core.StoreTx, m *model) {
	q := core.UserQuery{
		Realm: c.realm(), IDs: c.ids(), AfterID: c.id() / 2, BeforeID: c.id() / 2 * 3, Deleted: c.draw(2, "all") == 0,
		Order: core.Order(c.draw(int(core.OrderUpdatedAt)+1, "order")), Desc: c.draw(2, "desc") == 0,
		Limit: c.draw(4, "limit"), Offset: c.draw(6, "offset") / 4,
	}
	if c.draw(4, "updated from") == 0 {
		q.UpdatedFrom = c.time()
	}
	if c.draw(4, "updated before") == 0 {
		q.UpdatedBefore = c.time()
	}
	q.Disabled = c.draw(4, "disabled") == 0
	if c.draw(4, "expired by") == 0 {
		q.ExpiredBy = c.time()
	}
	if c.draw(4, "prefix") == 0 {
		q.UsernamePrefix = c.pick("prefix", "a", "ü", "ab", "日", "\xff", "\U0010FFFF")
	}
	if c.draw(3, "search") == 0 {
		q.Search = c.search()
	}
	if c.draw(3, "member") == 0 {
		q.Member, q.MemberKind = c.id()/2+1, c.kind()
	}
	if c.draw(4, "handle") == 0 {
		q.HandleKind = c.pick("kind", "k1", "k2", "none")
	}
	if c.draw(3, "behind") == 0 {
		q.After, _ = m.GetUser(core.ByID(q.Realm, c.id()))
	}
	got, gotErr := tx.ListUsers(q)
	want, wantErr := m.ListUsers(q)
	c.agree("list users", gotErr, wantErr)
	c.same("the users", got, want)
	gotN, gotErr := tx.CountUsers(q)
	wantN, wantErr := m.CountUsers(q)
	c.agree("count users", gotErr, wantErr)
	c.same("the number of users", gotN, wantN)
	n, err := tx.CountUsers(core.UserQuery{Realm: q.Realm, Deleted: q.Deleted})
	wantN, _ = m.CountUsers(core.UserQuery{Realm: q.Realm, Deleted: q.Deleted})
	c.agree("count a realm", err, nil)
	c.same("the number of a realm's users", n, wantN)
}

func (c *comparison) search() core.Search {
	s := core.Search{Terms: []string{core.Fold(c.text())}, OrIDs: c.ids()}
	if c.draw(2, "terms") == 0 {
		s.Terms = append(s.Terms, core.Fold(c.text()))
	}
	for _, f := range []core.Field{core.FieldUsername, core.FieldEmail, core.FieldUID, core.FieldName, core.FieldFullName} {
		if c.draw(2, string(f)) == 0 {
			s.Fields = append(s.Fields, f)
		}
	}
	if c.draw(2, "attributes") == 0 {
		s.Attributes = []string{c.text(), c.text()}
	}
	return s
}

func (c *comparison) listGroups(tx core.StoreTx, m *model) {
	q := core.GroupQuery{
		Realm: c.realm(), Kind: c.kind(), IDs: c.ids(), Parent: c.id() / 3, AfterID: c.id() / 3, BeforeID: c.id() / 2 * 3,
		ByName: c.draw(2, "by name") == 0, Desc: c.draw(2, "desc") == 0, Limit: c.draw(4, "limit"), Offset: c.draw(6, "offset") / 4,
	}
	got, gotErr := tx.ListGroups(q)
	want, wantErr := m.ListGroups(q)
	c.agree("list groups", gotErr, wantErr)
	c.same("the groups", got, want)
}

func (c *comparison) listMemberships(tx core.StoreTx, m *model) {
	q := core.MembershipQuery{
		Realm: c.realm(), Kind: c.kind(), AfterID: c.id() / 3, BeforeID: c.id() / 2 * 3,
		Desc: c.draw(2, "desc") == 0, Limit: c.draw(4, "limit"),
	}
	switch c.draw(3, "of") {
	case 0:
		q.Group = c.id()/2 + 1
	case 1:
		q.Groups = []int64{c.id()/2 + 1, c.id() / 2, 1 << 40}
	default:
		q.Users = []int64{c.id(), c.id(), 1 << 40}
		q.Kind = c.pick("kind", q.Kind, "")
	}
	got, gotErr := tx.ListMemberships(q)
	want, wantErr := m.ListMemberships(q)
	c.agree("list memberships", gotErr, wantErr)
	c.same("the memberships", got, want)
}

func (c *comparison) listRecords(tx core.StoreTx, m *model) {
	q := core.RecordQuery{
		Realm: c.realm(), Kind: c.recordKind(), IDs: c.ids(), AfterID: c.id() / 3, BeforeID: c.id() / 2 * 3,
		Desc: c.draw(2, "desc") == 0, Limit: c.draw(4, "limit"), Offset: c.draw(6, "offset") / 4,
	}
	if c.draw(2, "owners") == 0 {
		q.Owners = []int64{c.id(), c.id()}
	}
	if c.draw(4, "key prefix") == 0 {
		q.KeyPrefix = c.pick("prefix", "k", "1", "0", "05", "\xff")
	}
	got, gotErr := tx.ListRecords(q)
	want, wantErr := m.ListRecords(q)
	c.agree("list records", gotErr, wantErr)
	c.same("the records", got, want)
	gotN, gotErr := tx.CountRecords(q)
	wantN, wantErr := m.CountRecords(q)
	c.agree("count records", gotErr, wantErr)
	c.same("the number of records", gotN, wantN)
}
