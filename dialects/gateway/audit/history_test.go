package audit_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/audit"
)

func TestHistoryIsOfOneUserNewestFirst(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "audit.jsonl")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l := &audit.Log{Out: f, Path: name, Errors: slog.New(slog.DiscardHandler)}
	write := func(c core.Change) {
		l.Note(t.Context(), core.Event{Outcome: core.OutcomeDone, Changes: []core.Change{c}})
	}
	if h, err := l.History("main", 3); err != nil || len(h.Events) != 0 {
		t.Errorf("an empty file: %v, %v", h, err)
	}
	write(core.Change{Action: "add", Kind: "user", Realm: "main", ID: 3})
	write(core.Change{Action: "add", Kind: "user", Realm: "main", ID: 33})
	write(core.Change{Action: "add", Kind: "user", Realm: "other", ID: 3})
	write(core.Change{Action: "add", Kind: "onapp.role", Realm: "main", ID: 3})
	write(core.Change{Action: "join", Kind: "onapp.role", Realm: "main", ID: 1, User: 3})
	l.Note(t.Context(), core.Event{Outcome: core.OutcomeWrong, IsLogin: true, Login: core.ByID("main", 3)})
	h, err := l.History("main", 3)
	if err != nil || h.Cut || len(h.Events) != 3 || h.Events[0].Event != "login" || h.Events[1].Changes[0].Action != "join" || h.Events[2].Changes[0].Action != "add" {
		t.Errorf("history %+v, %v", h, err)
	}
	for i := range 60_000 { // more than is read
		write(core.Change{Action: "change", Kind: "user", Realm: "main", ID: int64(100 + i)})
	}
	write(core.Change{Action: "remove", Kind: "user", Realm: "main", ID: 3})
	if h, err = l.History("main", 3); err != nil || !h.Cut || len(h.Events) != 1 {
		t.Errorf("the end of a long file: %+v, %v", h, err)
	}
	_, _ = fmt.Fprint(f, "{broken\n")
	if h, err = l.History("main", 3); err != nil || len(h.Events) != 1 {
		t.Errorf("with a broken line: %+v, %v", h, err)
	}
}

func TestWithoutAFileThereIsNoHistory(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", filepath.Join(t.TempDir(), "gone")} {
		if _, err := (&audit.Log{Path: path}).History("main", 1); err != audit.ErrNoFile {
			t.Errorf("%q: %v", path, err)
		}
	}
}
