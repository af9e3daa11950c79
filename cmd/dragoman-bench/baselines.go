package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/store"
)

// newHashLoop hashes on all cores, which no login can exceed.
func newHashLoop() *loop {
	return newLoop(runtime.GOMAXPROCS(0), func(int, uint64) error {
		_, err := passwd.Hash(passwd.DefaultParams(), rand.Reader, password)
		return err
	})
}

// writerUsers is the number of users of the store that is written without a gateway.
const writerUsers = 1000

// newStoreLoop changes users of a new store in the folder from several goroutines.
// With one, every change is a separate commit; with many, it is as fast as the
// store can write.
func newStoreLoop(ctx context.Context, folder string, series int) (*loop, error) {
	own, err := os.MkdirTemp(folder, "dragoman-bench-")
	if err != nil {
		return nil, err
	}
	remove := func() error { return os.RemoveAll(own) }
	s, err := store.Open(ctx, "sqlite:"+own+"/writer.db")
	if err != nil {
		return nil, errors.Join(err, remove())
	}
	dir := core.New(core.Config{Store: s})
	end := func() error { return errors.Join(s.Close(), remove()) }
	users := population{1}
	f := &loader{dir: dir, population: users, hashes: []string{""}, batch: writerUsers, report: func(loadProgress) {}}
	if err := f.fill(ctx, writerUsers); err != nil {
		return nil, errors.Join(err, end())
	}
	l := newLoop(series, func(series int, turn uint64) error {
		i := (uint64(series) + turn*uint64(series)) % writerUsers
		return changeName(ctx, dir, core.ByUID(core.MainRealm, string(users.appendUID(nil, i))), turn)
	})
	l.end = end
	return l, nil
}

func changeName(ctx context.Context, dir *core.Directory, who core.UserRef, turn uint64) error {
	return dir.Update(ctx, core.Operator(), func(tx *core.Tx) error {
		u, err := tx.User(who)
		if err != nil {
			return err
		}
		u.Name.Formatted = fmt.Sprintf("Changed %08d", turn)
		return tx.SaveUser(u)
	})
}
