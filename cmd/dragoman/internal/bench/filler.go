package bench

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
)

// filler adds the crowd's users to a directory, in their order, many in one
// transaction: a load that was cut off has left the first so many of them.
type filler struct {
	dir    *core.Directory
	crowd  crowd
	hashes []string // encoded passwords, dealt out in turn
	batch  uint64   // users in a transaction
	report func(filled)
}

// filled says how far the filler has come.
type filled struct {
	there uint64        // users in the store
	added uint64        // by this filler
	took  time.Duration // for those
}

// errForeign is what a load fails with that would mix with others' users.
var errForeign = errors.New("the store has users of its own; loading would add people whose password is public")

// fill adds the users that are not there yet, up to the first total.
func (f *filler) fill(ctx context.Context, total uint64) error {
	from, err := f.there(ctx, total)
	if err != nil {
		return err
	}
	if from == 0 {
		if err := f.refuseForeign(ctx); err != nil {
			return err
		}
	}
	start := time.Now()
	for batch := range f.batches(ctx, from, total) {
		if err := f.add(ctx, batch); err != nil {
			return err
		}
		there := batch.first + uint64(len(batch.users))
		f.report(filled{there: there, added: there - from, took: time.Since(start)})
	}
	return ctx.Err()
}

// there is how many of the first total users the store has. They were added in
// order, so a few questions find out, however many there are.
func (f *filler) there(ctx context.Context, total uint64) (uint64, error) {
	var failed error
	n := sort.Search(int(total), func(i int) bool {
		has, err := f.has(ctx, uint64(i))
		if failed == nil {
			failed = err
		}
		return !has
	})
	return uint64(n), failed
}

func (f *filler) has(ctx context.Context, i uint64) (has bool, err error) {
	uid := string(f.crowd.appendUID(nil, i))
	err = f.dir.View(ctx, func(tx *core.Tx) error {
		_, err := tx.User(core.ByUID(core.MainRealm, uid))
		has = err == nil
		if errors.Is(err, core.ErrNotFound) {
			return nil
		}
		return err
	})
	return has, err
}

// refuseForeign fails if anybody is there: people of the crowd are not, as it is
// called for a crowd of which the store has nobody.
func (f *filler) refuseForeign(ctx context.Context) error {
	return f.dir.View(ctx, func(tx *core.Tx) error {
		users, err := tx.Users(core.UserQuery{Realm: core.MainRealm, Deleted: true, Limit: 1})
		if err == nil && len(users) > 0 {
			return errForeign
		}
		return err
	})
}

// userBatch is the users of one transaction.
type userBatch struct {
	first uint64
	users []*core.User
}

// batches makes users while earlier ones are being stored. It ends with ctx.
func (f *filler) batches(ctx context.Context, from, total uint64) <-chan userBatch {
	out := make(chan userBatch, 2)
	go func() {
		defer close(out)
		for first := from; first < total; first += f.batch {
			b := userBatch{first: first}
			for i := first; i < min(first+f.batch, total); i++ {
				b.users = append(b.users, f.crowd.user(i, f.hashes[i%uint64(len(f.hashes))]))
			}
			select {
			case out <- b:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func (f *filler) add(ctx context.Context, b userBatch) error {
	err := f.dir.Update(ctx, func(tx *core.Tx) error {
		for _, u := range b.users {
			if err := tx.AddUser(u); err != nil {
				return fmt.Errorf("%s: %w", u.Username, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("adding users %d to %d: %w", b.first, b.first+uint64(len(b.users))-1, err)
	}
	return nil
}
