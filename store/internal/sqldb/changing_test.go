package sqldb

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store/internal/cache"
)

// TestWhatIsReadOfAChangedObjectIsKept lets a change learn the memberships of a
// user that it has changed, as one does that answers with them.
func TestWhatIsReadOfAChangedObjectIsKept(t *testing.T) {
	db := &DB{cache: cache.New(1 << 20), names: newNames()}
	batch := &changing{db: db}
	c := &changing{db: db, under: batch}
	k, u := userKey(1), &core.User{ID: 1}
	c.set(k, newUserEntry(u, 1))
	c.keep(k, newUserEntry(u, 1).with(nil))
	if _, ok := db.cache.Get(k, 9); ok {
		t.Error("everybody sees it before the commit")
	}
	c.merge()
	batch.publish(1)
	if v, ok := db.cache.Get(k, 1); !ok || !v.(*userEntry).known {
		t.Errorf("found %+v", v)
	}
}
