package sqldb

import (
	"slices"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
	"github.com/dragoman-gateway/dragoman/store/internal/snapshot"
)

// TestWhatIsReadOfAChangedObjectIsKept lets a change learn the memberships of a
// user that it has changed, as one does that answers with them.
func TestWhatIsReadOfAChangedObjectIsKept(t *testing.T) {
	db := &DB{cache: cache.New(1 << 20), names: newNames(), base: &snapshot.State{}}
	batch := newWriteSet(db, nil, nil)
	c := newWriteSet(db, nil, batch)
	k, u := userKey(1), &core.User{ID: 1}
	c.set(k, newUserEntry(u, 1))
	c.keep(k, newUserEntry(u, 1).with(nil))
	if _, ok := db.cache.Get(k, 9); ok {
		t.Error("allUsers sees it before the commit")
	}
	c.merge()
	batch.publish(1)
	if v, ok := db.cache.Get(k, 1); !ok || !v.(*userEntry).known {
		t.Errorf("found %+v", v)
	}
}

func TestLogListsWhatHasChangedButNewObjects(t *testing.T) {
	c := newWriteSet(nil, nil, nil)
	c.filtersChanged = []cache.Change{{Key: filterKey(7)}}
	c.clearScope(placeOf(tableGroups, 3))
	c.set(userKey(scope(2).row(1)), nil)
	c.set(recordKey(maxID), unknown{})
	c.set(userKey(scope(2).row(2)), unknown{added: true})
	list, err := snapshot.Decode(c.logged())
	if err != nil || len(list.Scopes) != 1 || list.Scopes[0] != placeOf(tableGroups, 3) || len(list.Objects) != 3 {
		t.Fatal(list, err)
	}
	for _, want := range []cache.Key{filterKey(7), userKey(scope(2).row(1)), recordKey(maxID)} {
		if !slices.Contains(list.Objects, snapshot.Object{Table: want.Table, Row: want.Row}) {
			t.Errorf("%v is missing in %v", want, list)
		}
	}
}

func TestStateIsUnchangedUntilTheNextCommitBegins(t *testing.T) {
	db, s := &DB{}, &snapshot.State{Version: 1}
	db.state.Store(s)
	if !db.unchanged(s) {
		t.Error("it has changed at once")
	}
	db.committing.Store(true)
	if db.unchanged(s) {
		t.Error("a commit is under way")
	}
	db.committing.Store(false)
	if !db.unchanged(s) {
		t.Error("a commit that failed has changed it")
	}
	db.state.Store(&snapshot.State{Version: 2})
	if db.unchanged(s) {
		t.Error("another state is the current one")
	}
}
