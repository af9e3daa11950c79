package syncano_test

import (
	"context"
	"fmt"
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
