package syncano

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Users as v2 has them: flat, with the profile's fields beside the name, and
// lists of who may do what in place of rights.

func v2UserEndpoints() []*endpoint {
	fields := userFields()[:2]
	return []*endpoint{
		{path: "instances/:instance/users/", title: "User List", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodGet, op: "users.list", may: v2May("list", readRole), read: listFlatUsers},
			{method: http.MethodPost, op: "users.create", may: v2May("create", writeRole), write: createUser, fields: fields},
		}},
		{path: "instances/:instance/users/:user/", title: "User Instance", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodGet, op: "users.show", may: v2May("get", readRole), find: findFlatUser(rightRead), read: showUser},
			{method: http.MethodPut, op: "users.update", may: v2May("update", writeRole), find: findFlatUser(rightWrite), write: saveUser, fields: fields},
			{method: http.MethodPatch, op: "users.patch", may: v2May("update", writeRole), find: findFlatUser(rightWrite), write: saveUser},
			{method: http.MethodDelete, op: "users.delete", may: v2May("delete", writeRole), find: findFlatUser(rightFull), write: deleteUser},
		}},
		{path: "instances/:instance/users/:user/reset_key/", title: "User Reset Key", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodPost, op: "users.reset_key", may: v2May("update", writeRole), find: findFlatUser(rightWrite), write: showingKey(resetUserKey)},
		}},
		{path: "instances/:instance/users/me/", title: "Own User", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodGet, op: "own.show", may: ownUser, find: findOwnUser, read: showOwnFlatUser},
			{method: http.MethodPut, op: "own.update", may: ownUser, find: findOwnUser, write: showingKey(saveUser), fields: fields},
			{method: http.MethodPatch, op: "own.patch", may: ownUser, find: findOwnUser, write: showingKey(saveUser)},
		}},
		{path: "instances/:instance/users/auth/", title: "User Auth", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodPost, op: "own.login", may: anyKey, write: showingKey(login), fields: fields},
		}},
		{path: "instances/:instance/users/auth/:backend/", title: "User Social Auth", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodPost, op: "own.social_login", may: anyKey, write: userSocialLogin},
		}},
		{path: "instances/:instance/users/schema/", title: "User Schema", scope: instanceScope, only: onlyV2, verbs: []verb{
			{method: http.MethodGet, op: "users.show_schema", may: readers, read: showUserSchema},
			{method: http.MethodPut, op: "users.update_schema", may: writers, write: saveUserSchema},
			{method: http.MethodPatch, op: "users.patch_schema", may: writers, write: saveUserSchema},
		}},
	}
}

// v2May lets accounts with the role do it, and API keys if the endpoint's list does.
func v2May(action string, least role) func(*call) bool {
	return func(k *call) bool { return k.who.role >= least || k.endpointAllows(aclUsers, action) }
}

// findFlatUser finds the person of the path, on whom the caller must have the right.
func findFlatUser(least right) func(*call, *core.Tx) error {
	return func(k *call, tx *core.Tx) (err error) {
		if k.who.account != nil || k.who.key.IgnoreACL {
			return findUser(k, tx)
		}
		if k.user, err = tx.User(core.ByID(k.instance.Realm, k.id("user"))); err != nil {
			return err
		}
		p, err := k.findPerson(tx, k.user)
		if err != nil {
			return err
		}
		r, err := k.rights(tx)
		switch have := r.of(&p.profile); {
		case err != nil:
			return err
		case have < rightRead:
			return errNotFound
		case have < least:
			return errForbidden
		}
		return nil
	}
}

// showingKey makes the answer show the user key, which v2 does not show always.
func showingKey(write func(*call) error) func(*call) error {
	return func(k *call) error {
		k.showKey = true
		return write(k)
	}
}

func showOwnFlatUser(k *call, tx *core.Tx) error {
	k.showKey = true
	return showUser(k, tx)
}

// writeFlatUser writes a user of v2. The user key is there for accounts in lists
// and new users, for everybody on the paths of oneself, and never on the detail
// URL; see README, quirk "no key on the detail URL".
func (k *call) writeFlatUser(p *person) {
	out, o := &k.out, &p.profile
	out.Obj()
	if out.want("id") {
		out.Int(p.user.ID)
	}
	if out.want("created_at") {
		out.Time(o.row.CreatedAt, wire.MicrosZ)
	}
	if out.want("updated_at") {
		out.Time(o.row.UpdatedAt, wire.MicrosZ)
	}
	if out.want("revision") {
		out.Int(o.body.Revision)
	}
	k.writeACLMember(o)
	if out.want("channel") {
		out.StrOrNull(o.body.Channel)
	}
	if out.want("channel_room") {
		out.StrOrNull(o.body.Room)
	}
	if out.want("username") {
		out.Str(p.spelling)
	}
	k.flatTail(p)
	out.End()
}

func (k *call) flatTail(p *person) {
	out := &k.out
	if out.want("groups") {
		out.Arr()
		for _, g := range p.groups {
			k.writeShortGroup(g)
		}
		out.End()
	}
	if k.showKey && out.want("user_key") {
		out.Str(p.user.Handle(userKeyHandle))
	}
	k.writeValues(&p.profile)
	if out.want("links") {
		k.flatLinks(p.user.ID)
	}
}

func (k *call) flatLinks(id int64) {
	k.out.Obj().Key("self")
	k.atID("users/", id, "/")
	k.out.Key("groups")
	k.atID("users/", id, "/groups/")
	k.out.Key("reset-key")
	k.atID("users/", id, "/reset_key/")
	k.out.End()
}

// writeShortGroup writes a group inside of something else: v2 leaves out what
// is on the group's own page.
func (k *call) writeShortGroup(g *core.Group) {
	if !k.v.v2 {
		k.writeGroup(g)
		return
	}
	out := &k.out
	out.Obj()
	if out.want("id") {
		out.Int(g.ID)
	}
	if out.want("label") {
		out.Str(g.Name)
	}
	if out.want("links") {
		k.groupLinks(g.ID)
	}
	out.End()
}

// writeShortUser writes a user inside of a membership.
func (k *call) writeShortUser(p *person) {
	if !k.v.v2 {
		k.writeUser(p)
		return
	}
	out := &k.out
	out.Obj()
	if out.want("id") {
		out.Int(p.user.ID)
	}
	if out.want("username") {
		out.Str(p.spelling)
	}
	if out.want("links") {
		k.flatLinks(p.user.ID)
	}
	out.End()
}

// userQueryFields are the fields that v2's queries and orders of users know
// beside the schema's.
func userQueryFields() []queryField {
	return append(sharedFields(),
		builtin("id", typeInteger, func(o *dataObject) operand { return number(float64(o.owner)) }),
		builtin("username", typeString, func(o *dataObject) operand { return text(o.user.Username) }),
	)
}

// listFlatUsers lists those people whom the caller may read and the query wants.
func listFlatUsers(k *call, tx *core.Tx) error {
	p, err := k.readPage()
	if err != nil {
		return err
	}
	k.showKey = k.who.account != nil
	if k.class, err = findProfileClass(tx, k.instance.Realm); err != nil {
		return err
	}
	order, err := k.readOrder(p)
	if err != nil {
		return err
	}
	s := userScan{k: k, tx: tx}
	if s.match, err = k.readQuery(tx, k.class, userQueryFields()); err != nil {
		return err
	}
	if s.rights, err = k.rights(tx); err != nil {
		return err
	}
	users, cursors, err := s.find(p, order)
	if err != nil {
		return err
	}
	people, err := k.findPeople(tx, users)
	if err != nil {
		return err
	}
	return k.writeFlatUsers(tx, p, people, cursors)
}

func (k *call) writeFlatUsers(tx *core.Tx, p *page, people []person, cursors [2]string) error {
	count := int64(-1)
	if truthy(k.query().Get("include_count")) {
		n, err := countUsers(tx, k.instance.Realm)
		if err != nil {
			return err
		}
		count = n
	}
	k.setFilter()
	k.startPage(p, len(people), cursors[0], cursors[1])
	for i := range people {
		k.writeUser(&people[i])
	}
	k.out.End()
	if count >= 0 {
		k.out.Key("objects_count").Int(count)
	}
	k.out.End()
	return nil
}

// userScan walks the people in the order of their ids.
type userScan struct {
	k      *call
	tx     *core.Tx
	match  matcher
	rights rights
}

// find returns the people of the page and the cursors of its two ends.
func (s *userScan) find(p *page, order *ordering) (users []*core.User, ends [2]string, err error) {
	if p.size == 0 {
		return nil, ends, nil
	}
	var kept []dataObject
	if order == nil {
		p.bound()
		kept, err = s.byID(p)
	} else {
		best := bestOf{order: order, page: p}
		err = s.each(0, 0, false, scanChunk, func(o *dataObject) bool { best.offer(o); return true })
		kept = best.result()
	}
	for i := range kept {
		users = append(users, kept[i].user)
	}
	if n := len(kept); n > 0 {
		ends = [2]string{order.cursor(&kept[0]), order.cursor(&kept[n-1])}
	}
	return users, ends, err
}

func (s *userScan) byID(p *page) (kept []dataObject, err error) {
	err = s.each(p.after, p.before, p.queryDesc(), p.size, func(o *dataObject) bool {
		kept = append(kept, *o)
		return len(kept) < p.size
	})
	if p.reversed() {
		slices.Reverse(kept)
	}
	return kept, err
}

// each shows take every person whom the caller may read and the query wants,
// until it says no. The first chunk is as long as told.
func (s *userScan) each(after, before int64, desc bool, limit int, take func(*dataObject) bool) error {
	q := core.UserQuery{Realm: s.k.instance.Realm, AfterID: after, BeforeID: before, Desc: desc, Limit: limit,
		UsernamePrefix: s.k.query().Get("username__startswith")}
	if s.rights.user != 0 && s.k.who.key.IgnoreACL {
		q.IDs = []int64{s.rights.user} // a user key narrows even a key that ignores rights
	}
	for deadline := time.Now().Add(scanTime); ; q.Limit = scanChunk {
		users, err := s.tx.Users(q)
		if err != nil {
			return err
		}
		if more, err := s.offer(users, take); !more || err != nil || len(users) < q.Limit {
			return err
		}
		if time.Now().After(deadline) {
			return errTooSlow
		}
		if last := users[len(users)-1].ID; desc {
			q.BeforeID = last
		} else {
			q.AfterID = last
		}
	}
}

func (s *userScan) offer(users []*core.User, take func(*dataObject) bool) (more bool, err error) {
	page := newPeoplePage(users)
	if err := page.findProfiles(s.tx); err != nil {
		return false, err
	}
	for i := range page.people {
		o := &page.people[i].profile
		o.byPerson = true
		if s.rights.of(o) < rightRead {
			continue
		}
		ok, err := s.match.matches(s.tx, o)
		if err != nil {
			return false, err
		}
		if ok && !take(o) {
			return false, nil
		}
	}
	return true, nil
}

// countUsers is countObjects for people.
func countUsers(tx *core.Tx, realm core.Realm) (int64, error) {
	n, err := tx.CountUsers(core.UserQuery{Realm: realm})
	return int64(n), err
}

func showUserSchema(k *call, tx *core.Tx) error {
	c, err := findProfileClass(tx, k.instance.Realm)
	if err == nil {
		k.writeUserSchema(c)
	}
	return err
}

func (k *call) writeUserSchema(c *class) {
	k.out.Obj().Key("schema")
	k.writeSchema(c.Schema)
	k.out.End()
}

// saveUserSchema is saveClass for the people's class, which v2 shows no more of
// than its schema.
func saveUserSchema(k *call) error {
	in, err := k.bodyObject()
	if err != nil {
		return err
	}
	schema := wire.Object()
	if v, ok := in.Get("schema"); ok {
		schema.Set("schema", v)
	} else if k.method == http.MethodPut {
		return fieldError("schema", msgRequired)
	}
	return k.saveClassOf(profileClass, schema, false, func(c shownClass) { k.writeUserSchema(c.class) })
}

// spellingOf is how the dialect shows a stored name: v1 in lower case.
func (k *call) spellingOf(u *core.User) string {
	if k.v.v2 {
		return u.Username
	}
	return strings.ToLower(u.Username)
}
