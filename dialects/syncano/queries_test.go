package syncano_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// counting counts what is asked of a store.
type counting struct {
	core.Store
	asked map[string]int
}

func (c *counting) View(ctx context.Context, fn func(core.StoreTx) error) error {
	c.asked["view"]++
	return c.Store.View(ctx, func(tx core.StoreTx) error { return fn(countingTx{tx, c.asked}) })
}

type countingTx struct {
	core.StoreTx
	asked map[string]int
}

func (tx countingTx) GetUser(ref core.UserRef) (*core.User, error) {
	tx.asked["user"]++
	return tx.StoreTx.GetUser(ref)
}

func (tx countingTx) ListUsers(q core.UserQuery) ([]*core.User, error) {
	tx.asked["users"]++
	return tx.StoreTx.ListUsers(q)
}

func (tx countingTx) GetGroup(ref core.GroupRef) (*core.Group, error) {
	tx.asked["group"]++
	return tx.StoreTx.GetGroup(ref)
}

func (tx countingTx) ListGroups(q core.GroupQuery) ([]*core.Group, error) {
	tx.asked["groups"]++
	return tx.StoreTx.ListGroups(q)
}

func (tx countingTx) ListMemberships(q core.MembershipQuery) ([]core.Membership, error) {
	tx.asked["memberships"]++
	return tx.StoreTx.ListMemberships(q)
}

func (tx countingTx) GetRecord(ref core.RecordRef) (*core.Record, error) {
	tx.asked["record"]++
	return tx.StoreTx.GetRecord(ref)
}

func (tx countingTx) ListRecords(q core.RecordQuery) ([]*core.Record, error) {
	tx.asked["records"]++
	return tx.StoreTx.ListRecords(q)
}

// fewGroups is how many groups of a page may be asked for one by one.
const fewGroups = 8

// TestPageCostsTheSameWhateverItsSize: a page of 100 people with profiles and
// groups asks the store what a page of one does.
func TestPageCostsTheSameWhateverItsSize(t *testing.T) {
	store := &counting{dialecttest.SQLite().Open(t), map[string]int{}}
	w := newWorldOn(t, store, nil)
	for i := range 4 {
		w.must(ownerKey, "POST", main+"groups/", fmt.Sprintf(`{"label": "g%d"}`, i))
	}
	for i := range 120 {
		w.must(ownerKey, "POST", users, fmt.Sprintf(`{"username": "u%d", "password": "x", "profile": {"group": %d}}`, i, i%4+1))
		w.must(ownerKey, "POST", fmt.Sprintf("%sgroups/%d/users/", main, i%4+1), fmt.Sprintf(`{"user": %d}`, i+1))
	}
	for _, list := range []string{users, main + "groups/1/users/", main + "classes/user_profile/objects/", "/v2/instances/main/users/"} {
		cost := func(size int) (sum int) {
			clear(store.asked)
			page := w.must(ownerKey, "GET", fmt.Sprintf("%s?page_size=%d", list, size), "")
			if n := len(page["objects"].([]any)); n < min(size, 30) {
				t.Fatalf("%s: %d objects of %d", list, n, size)
			}
			for _, n := range store.asked {
				sum += n
			}
			return sum
		}
		cost(1)
		if one, all := cost(1), cost(100); all > one+fewGroups || all > 20 {
			t.Errorf("%s: a page of 1 asks %d times, one of 100 %d times", list, one, all)
		}
	}
}

// TestNestedQueriesLoadEachObjectOnce: objects that all point at each other are not
// loaded once for each path between them, and such queries nest three levels at most.
func TestNestedQueriesLoadEachObjectOnce(t *testing.T) {
	store := &counting{dialecttest.SQLite().Open(t), map[string]int{}}
	w := newWorldOn(t, store, nil)
	w.must(ownerKey, "POST", main+"classes/", `{"name": "ring", "schema": [
		{"name": "near", "type": "relation", "target": "self", "filter_index": true}, {"name": "t", "type": "string", "filter_index": true}]}`)
	const objects = main + "classes/ring/objects/"
	for range 8 {
		w.must(ownerKey, "POST", objects, `{"t": "x"}`)
	}
	for i := range 8 {
		w.must(ownerKey, "PATCH", fmt.Sprintf("%s%d/", objects, i+1), `{"near": [1, 2, 3, 4, 5, 6, 7, 8]}`)
	}
	nested := func(depth int) string {
		return objects + "?query=" + url.QueryEscape(strings.Repeat(`{"near":{"_is":`, depth)+`{"t":{"_eq":"never"}}`+strings.Repeat("}}", depth))
	}
	clear(store.asked)
	if list := w.must(ownerKey, "GET", nested(3), ""); len(list["objects"].([]any)) != 0 || store.asked["records"] > 40 {
		t.Errorf("%v, records asked for %d times", list["objects"], store.asked["records"])
	}
	w.refused(ownerKey, "GET", nested(4), "", 400, `["Too many nested queries defined (exceeds 3)."]`)
}
