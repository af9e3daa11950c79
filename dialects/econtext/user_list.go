package econtext

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/rendercache"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

const (
	// chunk is how many users are read at once. A page of up to that many shows one
	// consistent state. A longer list is read in chunks, each with its own state, so
	// that a list of any length needs little memory and holds no long transaction.
	chunk = 1000
	// chunkBytes is about how many bytes of users are read at once: large ones make
	// smaller chunks.
	chunkBytes = 2 << 20
	// firstRead is how many users are read before their size is known.
	firstRead = 250
)

// userList is a list of users to answer with.
type userList struct {
	query   core.UserQuery
	minimal bool
	// status keeps only users with exactly that status; "" keeps all.
	status string
	// withoutRelations leaves out the users' applications and groups.
	withoutRelations bool
	// admins keeps only the admins of their organization.
	admins bool
	held   int64 // bytes of the chunk that was read
}

// userList reads limit, offset, order_by and minimal. Without limit all users
// are listed. See REFERENCE.md, "Lists of users".
func (c *call) userList() (l userList, err error) {
	l.query = core.UserQuery{Realm: c.d.realm, Order: userOrder(c.query("order_by"))}
	l.minimal = c.query("minimal") != ""
	if l.query.Limit, err = c.queryNumber("limit"); err != nil {
		return l, err
	}
	l.query.Limit = cmp.Or(l.query.Limit, c.d.version.users)
	l.query.Offset, err = c.queryNumber("offset")
	return l, err
}

// userOrder is the order for a user field: the default's for one without an order.
func userOrder(field string) core.Order {
	switch field {
	case "id", "href":
		return core.OrderUID
	case "username":
		return core.OrderUsername
	case "name":
		return core.OrderName
	case "created_at":
		return core.OrderCreatedAt
	case "modified_at":
		return core.OrderUpdatedAt
	}
	return core.OrderEmail
}

func listUsers(c *call) (reply, error) {
	l, err := c.userList()
	return l.write, err
}

// searchUsers finds the term as a substring: the vendor documents "contains",
// though its server reads a regular expression.
func searchUsers(c *call) (reply, error) {
	l, err := c.userList()
	if err != nil {
		return nil, err
	}
	l.minimal = false
	term := core.Fold(c.param("search"))
	var owners []int64
	err = c.d.turns.TakeByAddress(c.writer(), c.Request(), func() (err error) {
		owners, err = c.ownersOfKeys(term)
		return err
	})
	if err != nil {
		return nil, err
	}
	l.query.Search = core.Search{
		Terms:      []string{term},
		Fields:     []core.Field{core.FieldEmail, core.FieldFullName, core.FieldUID},
		Attributes: []string{"company_name"},
		OrIDs:      owners,
	}
	return l.write, nil
}

// ownersOfKeys finds the users with an API key whose id contains the term.
func (c *call) ownersOfKeys(term string) (owners []int64, err error) {
	q := core.RecordQuery{Realm: c.d.realm, Kind: kindAPIKey, Limit: chunk}
	for more := true; more; {
		var records []*core.Record
		err = c.view(func(tx *core.Tx) (err error) {
			records, err = tx.Records(q)
			return err
		})
		if err != nil {
			return nil, err
		}
		more = len(records) == chunk
		for _, r := range records {
			q.AfterID = r.ID
			if strings.Contains(core.Fold(r.Key), term) {
				owners = append(owners, r.Owner)
			}
		}
	}
	return owners, nil
}

// members lists the users of the group that the path names.
func (c *call) members(kind string) (l userList, err error) {
	if l, err = c.userList(); err != nil {
		return l, err
	}
	err = c.view(func(tx *core.Tx) error {
		g, err := c.pathGroup(tx, kind)
		if err == nil {
			l.query.Member, l.query.MemberKind = g.ID, kind
		}
		return err
	})
	return l, err
}

func listApplicationUsers(c *call) (reply, error) {
	l, err := c.members(kindApplication)
	l.withoutRelations = c.d.v2
	return l.write, err
}

func listGroupUsers(c *call) (reply, error) {
	l, err := c.members(kindGroup)
	l.minimal = l.minimal || c.d.v2
	l.status = c.query("status")
	return l.write, err
}

func listOrganizationUsers(c *call) (reply, error) {
	l, err := c.members(kindOrganization)
	return l.write, err
}

func (l userList) write(e *encoder) error {
	e.RawKey("users")
	return l.array(e)
}

// array writes the users while they are read, chunk by chunk.
func (l userList) array(e *encoder) error {
	e.Arr()
	left := l.query.Limit
	if left == 0 {
		left = -1 // no limit
	}
	defer l.hold(e.c, nil)
	skip := 0 // users to pass over here, where the store cannot
	if l.filters() {
		skip, l.query.Offset = l.query.Offset, 0
	}
	for done := false; !done && left != 0; {
		views, last, err := l.next(e.c, left)
		if err != nil {
			return err
		}
		done = last
		for i := range views {
			switch {
			case !l.matches(&views[i]):
			case skip > 0:
				skip--
			case left != 0:
				left--
				if err := l.item(e, &views[i]); err != nil {
					return err
				}
			}
		}
	}
	e.End()
	return nil
}

func (l *userList) filters() bool { return l.status != "" || l.admins }

func (l *userList) matches(v *userView) bool {
	return (l.status == "" || v.facet.statusOf(v.User, v.now) == l.status) && (!l.admins || v.facet.admin)
}

// next reads the next chunk, of which at most left users are needed if that is
// not negative. last reports that no more follow.
func (l *userList) next(c *call, left int) (views []userView, last bool, err error) {
	want := chunk
	if left >= 0 && !l.filters() {
		want = min(chunk, left)
	}
	var users []*core.User
	err = c.inTurn(&l.query, func(tx *core.Tx) (err error) {
		if users, last, err = readUsers(tx, l.query, want); err != nil {
			return err
		}
		if l.minimal && !c.d.v2 { // shows no more than the users themselves
			views, err = newUserViews(tx, users)
			return err
		}
		views, err = c.d.loadUserViews(tx, users)
		return err
	})
	if len(users) > 0 {
		l.query.After, l.query.Offset = users[len(users)-1], 0
	}
	l.hold(c, views)
	return views, last, err
}

// hold counts the chunk as held, in place of the last one.
func (l *userList) hold(c *call, views []userView) {
	size := sizeOf(views)
	dialects.HoldAnswer(c.writer(), size-l.held)
	l.held = size
}

// sizeOf is about how much memory the views take. They share the groups.
func sizeOf(views []userView) (n int64) {
	seen := map[*core.Group]bool{}
	for i := range views {
		n += int64(views[i].User.Size())
		for _, groups := range [][]groupView{views[i].applications, views[i].groups} {
			for j := range groups {
				if g := groups[j].Group; !seen[g] {
					seen[g] = true
					n += int64(len(g.Body.Text()))
				}
			}
		}
	}
	return n
}

// readUsers reads up to that many users, fewer if they are large. last reports that no
// more follow.
func readUsers(tx *core.Tx, q core.UserQuery, want int) (users []*core.User, last bool, err error) {
	size := 0
	for step := firstRead; len(users) < want && size < chunkBytes; step *= 2 {
		q.Limit = min(step, want-len(users))
		some, err := tx.Users(q)
		if err != nil {
			return nil, false, err
		}
		users = append(users, some...)
		if len(some) < q.Limit {
			return users, true, nil
		}
		for _, u := range some {
			size += u.Size()
		}
		q.After, q.Offset = some[len(some)-1], 0
	}
	return users, false, nil
}

// inTurn is view, which waits for its turn: with a query that may look at all users, for
// that of a search.
func (c *call) inTurn(q *core.UserQuery, read func(*core.Tx) error) error {
	if !q.LooksAtAll() {
		if err := dialects.BeginAnswer(c.writer()); err != nil {
			return err
		}
		return c.view(read)
	}
	return c.d.turns.TakeByAddress(c.writer(), c.Request(), func() error { return c.view(read) })
}

func (l *userList) item(e *encoder, v *userView) error {
	switch {
	case l.minimal:
		e.user(v, e.c.d.version.minimalUser)
	case l.withoutRelations:
		v.applications, v.groups = nil, nil
		e.user(v, e.c.d.version.user)
	default:
		e.cachedUser(v)
	}
	return e.flushIfLarge()
}

// renderedUser is what the cached bytes of a user were made of.
type renderedUser struct {
	userView
	revision     int64
	status, base string
}

// cachedUser writes a user, from the cache if all its inputs are the same objects.
func (e *encoder) cachedUser(v *userView) {
	cache, status := &e.c.d.rendered, v.facet.statusOf(v.User, v.now)
	if last := cache.Get(v.ID); last != nil && last.Inputs.sameAs(v, status, e.base) {
		e.RawBytes(last.Bytes)
		return
	}
	if v.size() > rendercache.MaxSize || !cache.SeenTwice(v.ID, v.User) {
		e.user(v, e.c.d.version.user)
		return
	}
	one := encoder{Enc: wire.NewEnc(wire.Python()), c: e.c, base: e.base, whole: true}
	defer one.Release()
	one.user(v, e.c.d.version.user)
	e.RawBytes(one.Bytes())
	cache.Put(v.ID, renderedUser{*v, v.Revision, status, e.base}, v.size(), slices.Clone(one.Bytes()))
}

// size is about how much memory the inputs take besides what the bytes repeat.
func (v *userView) size() (n int) {
	if v.organization != nil {
		n = len(v.organization.Body.Text())
	}
	for _, views := range [][]groupView{v.applications, v.groups} {
		for i := range views {
			n += len(views[i].Body.Text())
		}
	}
	return n + v.User.Size()
}

// sameAs reports whether v has the very same inputs.
func (u *renderedUser) sameAs(v *userView, status, base string) bool {
	sameGroup := func(a, b groupView) bool { return a.Group == b.Group && a.application == b.application }
	return u.User == v.User && u.revision == v.Revision && u.status == status && u.base == base &&
		slices.EqualFunc(u.applications, v.applications, sameGroup) && slices.EqualFunc(u.groups, v.groups, sameGroup) &&
		slices.EqualFunc(u.keys, v.keys, func(a, b apiKeyView) bool { return a.Record == b.Record }) &&
		(u.organization == nil) == (v.organization == nil) &&
		(u.organization == nil || u.organization.Group == v.organization.Group)
}
