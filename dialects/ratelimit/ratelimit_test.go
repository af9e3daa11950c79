package ratelimit

import (
	"strconv"
	"testing"
	"time"
)

func TestABurstPassesAndThenTheRate(t *testing.T) {
	now := time.Unix(1000, 0)
	l := New(10, 3, func() time.Time { return now })
	for i := range 3 {
		if _, ok := l.Allow("a"); !ok {
			t.Fatalf("request %d of the burst is refused", i)
		}
	}
	for range 2 { // a refusal costs nothing
		if wait, ok := l.Allow("a"); ok || wait != 100*time.Millisecond {
			t.Errorf("the fourth waits %v, %v", wait, ok)
		}
	}
	if _, ok := l.Allow("b"); !ok {
		t.Error("another key pays for the first")
	}
	now = now.Add(100 * time.Millisecond)
	if _, ok := l.Allow("a"); !ok {
		t.Error("refused although its time has come")
	}
}

func TestKeysBeyondTheBoundShareABucketUntilOthersAreIdle(t *testing.T) {
	now := time.Unix(1000, 0)
	l := New(1, 1, func() time.Time { return now })
	for i := range maxKeys {
		if _, ok := l.Allow(strconv.Itoa(i)); !ok {
			t.Fatalf("key %d is refused", i)
		}
	}
	if _, ok := l.Allow("x"); !ok {
		t.Error("the shared bucket is empty from the start")
	}
	if _, ok := l.Allow("y"); ok || len(l.buckets) != maxKeys {
		t.Errorf("a key beyond the bound has its own bucket: %d buckets", len(l.buckets))
	}
	now = now.Add(2 * time.Second)
	if _, ok := l.Allow("y"); !ok || len(l.buckets) != 1 {
		t.Errorf("idle keys are kept: %d buckets", len(l.buckets))
	}
}

func TestARateCanBeSetAndTakenAway(t *testing.T) {
	now := time.Unix(1000, 0)
	l := New(0, 0, func() time.Time { return now })
	allowed := func(n int) (all int) {
		for range n {
			if _, ok := l.Allow("a"); ok {
				all++
			}
		}
		return all
	}
	if n := allowed(50); n != 50 {
		t.Errorf("without a rate, %d of 50 pass", n)
	}
	l.Set(1, 3)
	if n := allowed(5); n != 3 {
		t.Errorf("of a burst of 3, %d pass", n)
	}
	l.Set(1, 3)
	if n := allowed(5); n != 0 {
		t.Errorf("the same rate gives another burst: %d pass", n)
	}
	l.Set(0, 3)
	if n := allowed(5); n != 5 {
		t.Errorf("when the rate is taken away, %d of 5 pass", n)
	}
}
