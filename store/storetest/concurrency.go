package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

var concurrencyCases = []claim{
	{"no update is lost between many writers", noLostUpdate},
	{"one that fails takes no other with it", failuresAreAlone},
	{"every view sees whole transactions", wholeTransactions},
	{"what was acknowledged is seen by the next view", seenAtOnce},
}

// parallel runs fn n times at once and waits.
func parallel(n int, fn func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { fn(i) })
	}
	all.Wait()
}

func noLostUpdate(t *testing.T, s core.Store) {
	put(t, s, person("ann"))
	const writers, each = 8, 25
	parallel(writers, func(int) {
		for range each {
			if err := s.Update(context.Background(), increment); err != nil {
				t.Error(err)
			}
		}
	})
	u := get(t, s, core.ByID(core.MainRealm, 1))
	if n, _ := u.Attributes.Get("n"); n != strconv.Itoa(writers*each) || u.Revision != writers*each+1 {
		t.Errorf("%s of %d are left, revision %d", n, writers*each, u.Revision)
	}
}

func increment(tx core.StoreTx) error {
	u, err := tx.GetUser(core.ByID(core.MainRealm, 1))
	if err != nil {
		return err
	}
	v, _ := u.Attributes.Get("n")
	n, _ := strconv.Atoi(v)
	u.Attributes.Set("n", strconv.Itoa(n+1))
	u.Revision++
	return tx.PutUser(u)
}

func failuresAreAlone(t *testing.T, s core.Store) {
	const writers, each = 16, 20
	parallel(writers, func(i int) {
		for j := range each {
			err := s.Update(context.Background(), func(tx core.StoreTx) error {
				if err := tx.PutUser(person(fmt.Sprintf("%d-%d", i, j))); err != nil {
					return err
				}
				if i%2 == 1 {
					return errUndo
				}
				return nil
			})
			if (i%2 == 1) != errors.Is(err, errUndo) || i%2 == 0 && err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		}
	})
	view(t, s, func(tx core.StoreTx) {
		users, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm})
		must(t, err)
		for i, u := range users {
			if u.ID != int64(i+1) {
				t.Errorf("user %d has number %d: an insert that was undone took one", i, u.ID)
				break
			}
		}
		if len(users) != writers/2*each {
			t.Errorf("%d users", len(users))
		}
	})
}

// wholeTransactions moves amounts between a user, a group and a record, whose
// sum every view must find unchanged, by whichever way it reads.
func wholeTransactions(t *testing.T, s core.Store) {
	populate(t, s, core.MainRealm)
	update(t, s, func(tx core.StoreTx) { must(t, move(tx, 0)) })
	var stop atomic.Bool
	var readers sync.WaitGroup
	for i := range 4 {
		readers.Go(func() {
			for n := i; !stop.Load() && !t.Failed(); n++ {
				err := s.View(context.Background(), func(tx core.StoreTx) error { return balanced(tx, n) })
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	parallel(3, func(i int) {
		for range 150 {
			if err := s.Update(context.Background(), func(tx core.StoreTx) error { return move(tx, i+1) }); err != nil {
				t.Error(err)
			}
		}
	})
	stop.Store(true)
	readers.Wait()
}

// move adds n to the user, takes it from the group, and notes the user's sum in the record.
func move(tx core.StoreTx, n int) error {
	u, err := tx.GetUser(core.ByID(core.MainRealm, 1))
	if err != nil {
		return err
	}
	g, err := tx.GetGroup(core.GroupRef{Realm: core.MainRealm, Kind: "g", ID: 1})
	if err != nil {
		return err
	}
	r, err := tx.GetRecord(core.RecordRef{Realm: core.MainRealm, Kind: "r", ID: 1})
	if err != nil {
		return err
	}
	had, _ := strconv.Atoi(u.Name.Given)
	owed, _ := strconv.Atoi(g.Name)
	u.Name.Given, g.Name = strconv.Itoa(had+n), strconv.Itoa(owed-n)
	r.Body = core.NewDocument([]byte(u.Name.Given))
	u.Revision++
	r.Revision++
	return errors.Join(tx.PutUser(u), tx.PutGroup(g), tx.PutRecord(r))
}

func balanced(tx core.StoreTx, n int) error {
	var had, owed, noted int
	reads := []func() error{
		func() error {
			u, err := readUser(tx, n)
			if err == nil {
				had, _ = strconv.Atoi(u.Name.Given)
			}
			return err
		},
		func() error {
			g, err := tx.GetGroup(core.GroupRef{Realm: core.MainRealm, Kind: "g", UID: "gu"})
			if err == nil {
				owed, _ = strconv.Atoi(g.Name)
			}
			return err
		},
		func() error {
			rs, err := tx.ListRecords(core.RecordQuery{Realm: core.MainRealm, Kind: "r", Owners: []int64{1}})
			if err == nil {
				noted, _ = strconv.Atoi(string(rs[0].Body.Text()))
			}
			return err
		},
	}
	for i := range reads {
		if err := reads[(i+n)%len(reads)](); err != nil {
			return err
		}
	}
	if had != -owed || had != noted {
		return fmt.Errorf("a view found %d, %d and %d", had, owed, noted)
	}
	return nil
}

func readUser(tx core.StoreTx, n int) (*core.User, error) {
	switch n % 5 {
	case 0:
		list, err := tx.ListUsers(core.UserQuery{Realm: core.MainRealm, Deleted: true, Limit: 1})
		if err != nil {
			return nil, err
		}
		return list[0], nil
	case 1:
		return tx.GetUser(core.ByUsername(core.MainRealm, "ann"))
	}
	return tx.GetUser(core.ByID(core.MainRealm, 1))
}

func seenAtOnce(t *testing.T, s core.Store) {
	parallel(8, func(i int) {
		u := person(strconv.Itoa(i))
		put(t, s, u)
		for n := range 25 {
			u.Name.Given = strconv.Itoa(n)
			u.Revision++
			put(t, s, u)
			if found := get(t, s, core.ByUsername(u.Realm, u.Username)); found.Name.Given != u.Name.Given {
				t.Errorf("after writing %d, found %s", n, found.Name.Given)
			}
		}
	})
}

func closed(t *testing.T, s core.Store) {
	started, finished := make(chan struct{}), make(chan error)
	go func() {
		finished <- s.Update(context.Background(), func(tx core.StoreTx) error {
			close(started)
			time.Sleep(20 * time.Millisecond)
			return tx.PutUser(person("ann"))
		})
	}()
	<-started
	must(t, s.Close())
	select {
	case err := <-finished:
		must(t, err)
	case <-time.After(5 * time.Second):
		t.Fatal("Close did not wait for the update")
	}
	if s.Update(context.Background(), func(core.StoreTx) error { return nil }) == nil {
		t.Error("it still updates")
	}
	if s.View(context.Background(), func(core.StoreTx) error { return nil }) == nil {
		t.Error("it still shows")
	}
	must(t, s.Close())
}
