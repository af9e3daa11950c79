//go:build cgo

package sqlite_test

import (
	"sync"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/store"
)

// One client has many updates that wait; that of another client is the second to run.
func TestAClientsUpdatesWaitBehindEachOther(t *testing.T) {
	t.Parallel()
	s := open(t, ":memory:")
	var ran []string // by the writer alone
	var all sync.WaitGroup
	start := func(client string, fn func()) {
		ctx := passwd.WithClient(t.Context(), client)
		all.Go(func() {
			err := s.Update(ctx, func(core.StoreTx) error {
				ran = append(ran, client)
				fn()
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	release := make(chan struct{})
	running := make(chan struct{})
	start("flood", func() { close(running); <-release })
	<-running
	for n := 1; n <= 9; n++ {
		if n < 9 {
			start("flood", func() {})
		} else {
			start("other", func() {})
		}
		for s.(interface{ Stats() store.Stats }).Stats().Queue < n {
			time.Sleep(time.Millisecond)
		}
	}
	close(release)
	all.Wait()
	if len(ran) != 10 || ran[1] != "flood" || ran[2] != "other" {
		t.Errorf("in order: %q", ran)
	}
}

// A slow update is not in one transaction with all that wait behind it.
func TestASlowUpdateIsAnsweredBeforeTheNextOnesRun(t *testing.T) {
	t.Parallel()
	s := open(t, ":memory:")
	slow, next := make(chan error, 1), make(chan error, 1)
	running, answered := make(chan struct{}), make(chan struct{})
	go func() {
		slow <- s.Update(t.Context(), func(core.StoreTx) error {
			close(running)
			time.Sleep(100 * time.Millisecond) // longer than updates may share a commit
			return nil
		})
	}()
	<-running
	go func() {
		next <- s.Update(t.Context(), func(core.StoreTx) error {
			<-answered
			return nil
		})
	}()
	select {
	case err := <-slow:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("the slow update waits for the next one")
	}
	close(answered)
	if err := <-next; err != nil {
		t.Error(err)
	}
}
