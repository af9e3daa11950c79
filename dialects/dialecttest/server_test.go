package dialecttest

import (
	"testing"
	"time"
)

func TestPlayKeepsForTheNextScript(t *testing.T) {
	s := fakeSpec("")
	w := NewServer(t, s.build)
	if a := w.Play(t, s.Create); a.Status != 201 {
		t.Fatalf("Create answers %d", a.Status)
	}
	if a := w.Play(t, s.Show+"\n====\n"+s.Delete); a.Status != 204 {
		t.Errorf("Delete answers %d: %s", a.Status, a.Body)
	}
}

func TestWorldsShareNothing(t *testing.T) {
	s := fakeSpec("")
	one, other := NewServer(t, s.build), NewServer(t, s.build)
	one.Play(t, s.Create)
	one.Target().Advance(time.Hour)
	if a := other.Play(t, "GET /fake/users/3\n{auth}"); a.Status != 404 {
		t.Errorf("the other world has the user: %s", a.Body)
	}
	if one.Clock.Now().Sub(other.Clock.Now()) != time.Hour {
		t.Error("the clocks move together")
	}
}
