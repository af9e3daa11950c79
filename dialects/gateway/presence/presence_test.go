package presence

import (
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/store"
)

func open(t *testing.T) core.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

var began = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

func TestAMoveIsShownUntilItEnds(t *testing.T) {
	t.Parallel()
	s := open(t)
	k := BeginMove(s, Move{What: "import", Source: "users.csv", Report: "/srv/report.jsonl"}, func() time.Time { return began })
	k.Show(Progress{Rows: 7, Verdicts: map[string]int{"added": 7}, Read: 10, Size: 100})
	k.write()
	all, err := Moves(t.Context(), s)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	m := all[0]
	if m.Source != "users.csv" || m.Rows != 7 || m.Verdicts["added"] != 7 || m.Process == 0 || !m.Began.Equal(began) || m.Report == "" {
		t.Errorf("it is shown as %+v", m)
	}
	if m.Stale(began.Add(30*time.Second)) || !m.Stale(began.Add(2*time.Minute)) {
		t.Error("a note is stale when it was not renewed for a minute")
	}
	k.End()
	if all, err = Moves(t.Context(), s); err != nil || len(all) != 0 {
		t.Errorf("%+v is left, %v", all, err)
	}
}

func TestANoteThatIsNotRenewedGoesAfterADay(t *testing.T) {
	t.Parallel()
	s, notes := open(t), []core.Note{{Name: "move/a", At: began, Text: `{"source":"first"}`}, {Name: "move/b", At: began.Add(25 * time.Hour), Text: `{"source":"second"}`}}
	for _, n := range notes {
		if err := s.(core.Noter).Note(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	all, err := Moves(t.Context(), s)
	if err != nil || len(all) != 1 || all[0].Source != "second" {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestAProcessSaysWhichStateItHas(t *testing.T) {
	t.Parallel()
	s := open(t)
	stop := Announce(s, func() time.Time { return began }, func() uint64 { return 7 })
	for { // the note is written beside the caller
		all, err := Processes(t.Context(), s)
		if err != nil || len(all) > 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		if len(all) == 1 && all[0].Version == 7 && all[0].Seen.Equal(began) {
			break
		}
	}
	stop()
	if all, err := Processes(t.Context(), s); err != nil || len(all) != 0 {
		t.Errorf("%+v is left, %v", all, err)
	}
}
