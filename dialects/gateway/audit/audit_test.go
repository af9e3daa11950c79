package audit_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/audit"
)

// disk takes a number of bytes, and no more until it grows.
type disk struct {
	bytes.Buffer
	room int
}

func (d *disk) Write(p []byte) (int, error) {
	n := min(len(p), d.room)
	d.room -= n
	d.Buffer.Write(p[:n])
	if n < len(p) {
		return n, errors.New("no space left")
	}
	return n, nil
}

func TestLinesThatWaitedAreWrittenOnceAndInOrder(t *testing.T) {
	d := &disk{room: 30} // in the middle of the first line
	var log bytes.Buffer
	l := &audit.Log{Out: d, Errors: slog.New(slog.NewTextHandler(&log, nil)), Required: true}
	for i := range 3 {
		l.Note(t.Context(), core.Event{Actor: core.Operator(), Outcome: core.OutcomeDone, Changes: []core.Change{{Action: "add", Kind: "user", ID: int64(i + 1)}}})
	}
	if err := l.Ready(); err == nil {
		t.Error("it is ready on a full disk")
	}
	d.room = 1 << 20
	if err := l.Ready(); err != nil {
		t.Error(err)
	}
	lines := strings.Split(strings.TrimSpace(d.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines: %s", len(lines), d.String())
	}
	for i, line := range lines {
		if want := `"id":` + string(rune('1'+i)); !strings.HasPrefix(line, `{"time"`) || !strings.Contains(line, want) {
			t.Errorf("line %d is %s", i+1, line)
		}
	}
	if n := strings.Count(log.String(), "\n"); n != 2 {
		t.Errorf("the failure and its end are %d lines: %s", n, &log)
	}
}

func TestLinesThatWaitGoWholeToAnotherFile(t *testing.T) {
	before, after := &disk{room: 30}, &disk{room: 1 << 20}
	l := &audit.Log{Out: before, Errors: slog.New(slog.DiscardHandler)}
	for i := range 2 {
		l.Note(t.Context(), core.Event{Actor: core.Operator(), Outcome: core.OutcomeDone, Changes: []core.Change{{Action: "add", Kind: "user", ID: int64(i + 1)}}})
	}
	l.Redirect(after)
	lines := strings.Split(strings.TrimSpace(after.String()), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], `{"time"`) || !strings.Contains(lines[0], `"id":1`) {
		t.Errorf("the other file: %s", after.String())
	}
}
