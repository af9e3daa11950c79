package storetest

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// Benchmark measures a store. The function open returns a new, empty one;
// reopen, if not nil, returns one that keeps nothing in memory.
func Benchmark(b *testing.B, open, cold func(b *testing.B) core.Store) {
	for _, c := range []struct {
		name string
		open func(b *testing.B) core.Store
	}{{"warm", open}, {"cold", cold}} {
		s := c.open(b)
		Fill(b, s, 10_000)
		b.Run("get by number/"+c.name, func(b *testing.B) { benchGet(b, s, byNumber) })
		b.Run("get by name/"+c.name, func(b *testing.B) { benchGet(b, s, byName) })
		b.Run("list 100/"+c.name, func(b *testing.B) { benchList(b, s, core.OrderID) })
		b.Run("list 100 by name/"+c.name, func(b *testing.B) { benchList(b, s, core.OrderUsername) })
		b.Run("count/"+c.name, func(b *testing.B) { benchCount(b, s) })
	}
	for _, clients := range []int{1, 64, 256} {
		b.Run(fmt.Sprint("update by ", clients), func(b *testing.B) { benchUpdate(b, open(b), clients) })
	}
	b.Run("insert in bulk", func(b *testing.B) { benchInsert(b, open(b)) })
}

// synthetic is a user as large as those of a real store.
func synthetic(i int) *core.User {
	n := strconv.Itoa(i)
	u := &core.User{
		Realm: core.MainRealm, UID: fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(i)*2654435761, i), Username: "user" + n,
		Email: "user" + n + "@example.com", Name: core.Name{Given: "Given" + n, Family: "Family" + n},
		Password: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g",
		Enabled:  true, Revision: 1, CreatedAt: start, UpdatedAt: start, PasswordChangedAt: start,
	}
	u.Attributes.Set("town", `"Köln"`)
	u.Attributes.Set("number", n)
	u.Facets.Set("onapp", []byte(`{"v":1,"locale":"en","time_zone":"UTC","bucket_id":1}`))
	return u
}

// Fill stores n users as an import does, through the core's rules, 1,000 at a time.
func Fill(b testing.TB, s core.Store, n int) {
	d := core.New(core.Config{Store: s})
	for i := 0; i < n; i += 1000 {
		must(b, d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
			for j := i; j < min(i+1000, n); j++ {
				if err := tx.AddUser(synthetic(j)); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

func byNumber(i uint64) core.UserRef { return core.ByID(core.MainRealm, int64(i%10_000)+1) }

func byName(i uint64) core.UserRef {
	return core.ByHandle(core.MainRealm, core.HandleUsername, "user"+strconv.Itoa(int(i%10_000)))
}

func benchGet(b *testing.B, s core.Store, ref func(uint64) core.UserRef) {
	b.ReportAllocs()
	b.SetParallelism(32)
	var n atomic.Uint64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			err := s.View(context.Background(), func(tx core.StoreTx) error {
				_, err := tx.GetUser(ref(n.Add(7919)))
				return err
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
}

func benchList(b *testing.B, s core.Store, order core.Order) {
	b.ReportAllocs()
	q := core.UserQuery{Realm: core.MainRealm, Order: order, Limit: 100}
	for i := 0; b.Loop(); i++ {
		q.After = &core.User{Realm: core.MainRealm, ID: int64(i % 20 * 450), Username: "user" + strconv.Itoa(i%20*450)}
		err := s.View(context.Background(), func(tx core.StoreTx) error {
			list, err := tx.ListUsers(q)
			if err == nil && len(list) != 100 {
				err = fmt.Errorf("%d users", len(list))
			}
			return err
		})
		must(b, err)
	}
}

func benchCount(b *testing.B, s core.Store) {
	for b.Loop() {
		must(b, s.View(context.Background(), func(tx core.StoreTx) error {
			_, err := tx.CountUsers(core.UserQuery{Realm: core.MainRealm})
			return err
		}))
	}
}

// benchUpdate saves users as a PUT does, through the core's rules.
func benchUpdate(b *testing.B, s core.Store, clients int) {
	Fill(b, s, 10_000)
	d := core.New(core.Config{Store: s})
	b.ReportAllocs()
	b.SetParallelism(max(1, clients/2))
	var n atomic.Uint64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(7919)
			err := d.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
				u, err := tx.User(byNumber(i))
				if err != nil {
					return err
				}
				u.Name.Given = strconv.Itoa(int(i))
				return tx.SaveUser(u)
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
}

func benchInsert(b *testing.B, s core.Store) {
	b.ReportAllocs()
	b.ResetTimer()
	Fill(b, s, b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "users/s")
}
