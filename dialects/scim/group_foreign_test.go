package scim

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// other is another dialect, with groups and with attributes that its clients declared.
type other struct{ declared []core.Declaration }

func (other) Name() string                              { return "other" }
func (other) AuthorityKinds() []string                  { return []string{"other.team"} }
func (other) GroupRights(*core.Group) ([]string, error) { return nil, nil }
func (other) GroupKinds() []string                      { return []string{"other.team", "other.club"} }
func (o other) DeclaredAttributes(*core.Tx, core.Realm) ([]core.Declaration, error) {
	return o.declared, nil
}

const allGroupsToken = "token-that-shows-all-groups"

// withOthers stores two groups of another dialect and one of SCIM, all of one name, with
// the administrator in each.
func withOthers(t *testing.T) *world {
	w := newWorld(t)
	w.dir.AddAuthoritySource(other{})
	if err := w.Seed(context.Background(), Seed{Tokens: []SeedToken{{Name: "exit", Token: allGroupsToken, Groups: AllGroups, Write: true}}}); err != nil {
		t.Fatal(err)
	}
	w.update(func(tx *core.Tx) error {
		u, err := tx.User(core.ByUID(core.MainRealm, "admin-uid"))
		if err != nil {
			return err
		}
		for _, kind := range []string{"other.team", "other.club"} {
			g := &core.Group{Realm: core.MainRealm, Kind: kind, UID: "g:1", Name: "Staff", Body: core.NewDocument([]byte("not JSON"))}
			if err := tx.SaveGroup(g); err != nil {
				return err
			}
			if _, err := tx.Join(u, g); err != nil {
				return err
			}
		}
		return nil
	})
	w.want(201, `"Staff"`, "POST", "/scim/v2/Groups", `{"displayName": "Staff", "members": [{"value": "admin-uid"}]}`)
	return w
}

// Groups of other dialects are shown to a token that the operator lets see them.
func TestGroupsOfOtherDialectsAreShownOnRequest(t *testing.T) {
	w := withOthers(t)
	w.token = allGroupsToken
	w.want(200, `"totalResults":3`, "GET", "/scim/v2/Groups", "")
	w.want(200, `"id":"other.team:g:1","displayName":"Staff","members":[{"value":"admin-uid","$ref":"http://example.com/scim/v2/Users/admin-uid","type":"User"}]`,
		"GET", "/scim/v2/Groups/other.team:g:1", "")
	w.want(200, `"version":"W/\"`, "GET", "/scim/v2/Groups/other.club%3Ag%3A1", "")
	w.want(200, `"totalResults":3`, "GET", "/scim/v2/Groups?filter=displayName+eq+%22staff%22", "")
	w.want(200, `"totalResults":1`, "GET", "/scim/v2/Groups?filter=id+eq+%22other.team:g:1%22+and+members+eq+%22admin-uid%22", "")
	w.want(200, `{"value":"other.club:g:1","$ref":"http://example.com/scim/v2/Groups/other.club:g:1","display":"Staff","type":"direct"}`, "GET", "/scim/v2/Users/admin-uid", "")
	w.want(200, `"totalResults":1`, "GET", "/scim/v2/Users?filter=groups.value+eq+%22other.team:g:1%22", "")
	for _, id := range []string{"other.none:g:1", "scim.group:g:1", "other.team:", "other.team:none"} {
		w.want(404, "", "GET", "/scim/v2/Groups/"+id, "")
	}
}

// Two pages by cursor have all groups once, whatever their kind.
func TestCursorsGoThroughGroupsOfAllDialects(t *testing.T) {
	w := withOthers(t)
	w.token = allGroupsToken
	path, seen := "/scim/v2/Groups?count=1&cursor", ""
	for range 3 {
		text := w.ask("GET", path, "").Body.String()
		_, rest, _ := strings.Cut(text, `"id":"`)
		id, _, _ := strings.Cut(rest, `"`)
		seen += " " + strings.SplitN(id, ":", 2)[0]
		_, rest, _ = strings.Cut(text, `"nextCursor":"`)
		cursor, _, _ := strings.Cut(rest, `"`)
		path = "/scim/v2/Groups?count=1&cursor=" + cursor
	}
	if !strings.HasSuffix(seen, " other.club other.team") || !strings.HasSuffix(path, "=") {
		t.Errorf("%s, then %s", seen, path)
	}
}

// They are never written, and other tokens know nothing of them.
func TestGroupsOfOtherDialectsAreNotWritten(t *testing.T) {
	w := withOthers(t)
	const path = "/scim/v2/Groups/other.team:g:1"
	w.token = allGroupsToken
	w.want(403, textForeignGroup, "PUT", path, `{"displayName": "Mine"}`)
	w.want(403, textForeignGroup, "PATCH", path, `{"Operations": [{"op": "remove", "path": "members"}]}`)
	w.want(403, textForeignGroup, "DELETE", path, "")
	w.want(200, `"admin-uid"`, "GET", path, "")
	w.token = token
	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
		w.want(404, "", method, path, `{"displayName": "Mine", "Operations": []}`)
	}
	w.want(200, `"totalResults":1`, "GET", "/scim/v2/Groups", "")
	w.want(200, `"totalResults":1`, "GET", "/scim/v2/Groups?filter=displayName+eq+%22Staff%22", "")
	if text := w.ask("GET", "/scim/v2/Users/admin-uid", "").Body.String(); strings.Contains(text, "other.") {
		t.Error(text)
	}
}

// Attributes that clients of other dialects declare are in the schema, with their types.
func TestAttributesOfOtherDialectsAreDeclared(t *testing.T) {
	w := newWorld(t)
	w.dir.AddAuthoritySource(other{[]core.Declaration{
		{Name: "born", Type: core.TimeAttribute}, {Name: "Level", Type: core.TextAttribute}, {Name: "size", Type: core.DecimalAttribute},
		{Name: "home address", Type: core.TextAttribute}, {Name: "vip", Type: core.BooleanAttribute}, {Name: "rank", Type: core.IntegerAttribute},
	}})
	w.dir.AddAuthoritySource(other{[]core.Declaration{{Name: "rank", Type: core.TextAttribute}}})
	const schemas = "/scim/v2/Schemas/" + urnCustom
	for name, kind := range map[string]string{"born": "dateTime", "level": "integer", "size": "decimal", "vip": "boolean", "rank": "integer"} {
		w.want(200, `"name":"`+name+`","type":"`+kind+`"`, "GET", schemas, "")
	}
	if text := w.ask("GET", schemas, "").Body.String(); strings.Contains(text, "home address") || strings.Contains(text, `"Level"`) {
		t.Error(text)
	}
	const user = `{"userName": "ann", "` + urnCustom + `": {%s}}`
	w.want(400, "invalidValue", "POST", "/scim/v2/Users", fmt.Sprintf(user, `"rank": "first"`))
	w.want(400, "invalidValue", "POST", "/scim/v2/Users", fmt.Sprintf(user, `"born": "yesterday"`))
	w.want(201, `{"born":"2020-01-02T03:04:05Z","vip":true}`, "POST", "/scim/v2/Users", fmt.Sprintf(user, `"born": "2020-01-02T03:04:05Z", "vip": "True"`))
	w.want(200, `"totalResults":1`, "GET", "/scim/v2/Users?filter="+urnCustom+":born+lt+%222021-01-01T00:00:00Z%22", "")
}

// counting counts the questions to a store.
type counting struct {
	core.Store
	asked int
}

func (c *counting) View(ctx context.Context, fn func(core.StoreTx) error) error {
	return c.Store.View(ctx, func(tx core.StoreTx) error { return fn(&countingTx{tx, c}) })
}

type countingTx struct {
	core.StoreTx
	c *counting
}

func (tx *countingTx) GetUser(ref core.UserRef) (*core.User, error) {
	tx.c.asked++
	return tx.StoreTx.GetUser(ref)
}

func (tx *countingTx) ListUsers(q core.UserQuery) ([]*core.User, error) {
	tx.c.asked++
	return tx.StoreTx.ListUsers(q)
}

func (tx *countingTx) CountUsers(q core.UserQuery) (int, error) {
	tx.c.asked++
	return tx.StoreTx.CountUsers(q)
}

func (tx *countingTx) GetGroup(ref core.GroupRef) (*core.Group, error) {
	tx.c.asked++
	return tx.StoreTx.GetGroup(ref)
}

func (tx *countingTx) ListGroups(q core.GroupQuery) ([]*core.Group, error) {
	tx.c.asked++
	return tx.StoreTx.ListGroups(q)
}

func (tx *countingTx) ListMemberships(q core.MembershipQuery) ([]core.Membership, error) {
	tx.c.asked++
	return tx.StoreTx.ListMemberships(q)
}

// A page asks the store as often for one object as for a hundred.
func TestPagesTakeAFixedNumberOfQueries(t *testing.T) {
	store := &counting{Store: dialecttest.SQLite().Open(t)}
	dir, _ := coretest.Directory(t, store)
	setup(t, dir)
	w := &world{Dialect: newDialect(dir), t: t, token: token}
	for i := range 100 {
		w.want(201, "", "POST", "/scim/v2/Users", fmt.Sprintf(`{"userName": "user%d"}`, i))
		w.want(201, "", "POST", "/scim/v2/Groups", fmt.Sprintf(`{"displayName": "group%d", "members": [{"value": "admin-uid"}]}`, i))
	}
	for path, most := range map[string]int{"/Users": 4, "/Groups": 3, "/Groups?excludedAttributes=members": 1} {
		for _, count := range []string{"count=2", "count=100"} {
			separator := "?"
			if strings.Contains(path, "?") {
				separator = "&"
			}
			store.asked = 0
			w.want(200, `"itemsPerPage":`+count[len("count="):], "GET", "/scim/v2"+path+separator+count, "")
			if store.asked > most {
				t.Errorf("%s with %s: %d queries", path, count, store.asked)
			}
		}
	}
}
