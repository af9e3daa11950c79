package cache

import (
	"fmt"
	"sync"
	"testing"
)

// thing is a value of some size that is found by its name.
type thing struct {
	name string
	size int64
}

func (t thing) Size() int64 { return t.size }

func TestReadersOfAnEarlierStateDoNotGetALaterObject(t *testing.T) {
	c := New(1 << 20)
	k := Key{1, 1}
	c.Add(k, thing{"a", 1}, 5)
	c.Apply(7, []Change{{k, thing{"b", 1}}}, true)
	for at, want := range map[uint64]string{5: "", 6: "", 7: "b", 9: "b"} {
		got := ""
		if v, ok := c.Get(k, at); ok {
			got = v.(thing).name
		}
		if got != want {
			t.Errorf("state %d gets %q, want %q", at, got, want)
		}
	}
}

func TestAnObjectReadBeforeAChangeIsNotPutBack(t *testing.T) {
	c := New(1 << 20)
	k := Key{1, 1}
	c.Apply(7, []Change{{k, nil}}, true)
	c.Add(k, thing{"old", 1}, 6)
	if v, ok := c.Get(k, 9); ok {
		t.Errorf("got %v", v)
	}
	c.Add(k, thing{"new", 1}, 7)
	if _, ok := c.Get(k, 9); !ok {
		t.Error("what was read after the change is not kept")
	}
}

func TestAliasesGoWithTheObject(t *testing.T) {
	c := New(1 << 20)
	a, b := Key{0, 1}, Key{0, 2}
	c.AddAlias(a, Alias{Value: "x"})
	if k, ok := c.Lookup(Alias{Value: "x"}); ok {
		t.Errorf("x finds %v, which is not there", k)
	}
	c.Add(a, thing{"x", 1}, 1)
	c.Add(b, thing{"x", 1}, 1)
	c.AddAlias(a, Alias{Value: "x"})
	c.AddAlias(a, Alias{Value: "y"})
	c.AddAlias(b, Alias{Value: "x"})
	for name, want := range map[string]int64{"x": 2, "y": 1} {
		if k, ok := c.Lookup(Alias{Value: name}); !ok || k.Row != want {
			t.Errorf("%s finds %v", name, k)
		}
	}
	c.Apply(3, []Change{{a, nil}}, true)
	if k, ok := c.Lookup(Alias{Value: "y"}); ok {
		t.Errorf("y finds %v", k)
	}
	if k, ok := c.Lookup(Alias{Value: "x"}); !ok || k != b {
		t.Errorf("x finds %v", k)
	}
}

func TestAnObjectHasFewAliases(t *testing.T) {
	c := New(1 << 20)
	k := Key{0, 1}
	c.Add(k, thing{"x", 1}, 1)
	for i := range 3 * maxAliases {
		c.AddAlias(k, Alias{Value: fmt.Sprint(i)})
	}
	if n := namesIn(c); n != maxAliases {
		t.Errorf("%d names", n)
	}
}

func namesIn(c *Cache) (n int) {
	for i := range c.aliases.shards {
		n += len(c.aliases.shards[i].rows)
	}
	return n
}

func TestForgetDropsWhatItIsTold(t *testing.T) {
	c := New(1 << 20)
	c.Add(Key{1, 1}, thing{"a", 1}, 1)
	c.Add(Key{2, 1}, thing{"b", 1}, 1)
	c.Invalidate(2, func(k Key) bool { return k.Table == 1 })
	_, gone := c.Get(Key{1, 1}, 3)
	_, left := c.Get(Key{2, 1}, 3)
	if gone || !left {
		t.Error(gone, left)
	}
	c.Add(Key{1, 1}, thing{"a", 1}, 1)
	if _, ok := c.Get(Key{1, 1}, 3); ok {
		t.Error("what was forgotten came back")
	}
}

func TestSizeIsBoundedAndWhatIsUsedStays(t *testing.T) {
	const limit = 32 * 1000
	c := New(limit)
	used := Key{0, 0}
	c.Add(used, thing{"used", 100}, 1)
	for i := range int64(5000) {
		c.Add(Key{1, i}, thing{fmt.Sprint(i), 100}, 1)
		c.AddAlias(Key{1, i}, Alias{Value: fmt.Sprint(i)})
		if _, ok := c.Get(used, 1); !ok {
			t.Fatalf("after %d objects, the one in use is gone", i)
		}
	}
	st := c.Stats()
	if st.Bytes > limit || st.Entries*100 != st.Bytes || st.Evictions == 0 {
		t.Errorf("%+v", st)
	}
	if names := namesIn(c); int64(names) != st.Entries-1 {
		t.Errorf("%d names of %d objects", names, st.Entries)
	}
	c.Add(used, thing{"huge", limit}, 1)
	if v, ok := c.Get(used, 1); ok {
		t.Errorf("one that is larger than its share is kept: %v", v)
	}
}

func TestNothingIsKeptWithoutRoom(t *testing.T) {
	c := New(0)
	c.Apply(1, []Change{{Key{1, 1}, thing{"a", 1}}}, true)
	if _, ok := c.Get(Key{1, 1}, 1); ok {
		t.Error("it is kept")
	}
}

func TestConcurrentUse(t *testing.T) {
	c := New(32 * 500)
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			for i := range uint64(2000) {
				k := Key{0, int64(i % 97)}
				v := thing{fmt.Sprint(k.Row), 50}
				switch w {
				case 0:
					c.Apply(i, []Change{{k, v}}, true)
				case 1:
					c.Add(k, v, i)
				default:
					if v, ok := c.Get(k, i); ok && v.(thing).name != fmt.Sprint(k.Row) {
						t.Errorf("%v holds %v", k, v)
					}
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkGet(b *testing.B) {
	const count = 10000
	c := New(1 << 20)
	for row := range int64(count) {
		c.Add(Key{1, row}, thing{"a", 1}, 1)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for row := int64(0); pb.Next(); row = (row + 1) % count {
			if _, ok := c.Get(Key{1, row}, 1); !ok {
				b.Fail()
			}
		}
	})
}
