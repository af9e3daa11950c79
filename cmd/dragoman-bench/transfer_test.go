package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core/archive"
)

func TestTheArchiveOfATransferIsOne(t *testing.T) {
	c := &transferCommand{populationFlags: populationFlags{Users: 30, Population: 1}}
	path := filepath.Join(t.TempDir(), "in.jsonl")
	size, err := c.write(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || int64(len(text)) != size {
		t.Fatalf("%d bytes, said to be %d; %v", len(text), size, err)
	}
	if err := archive.Verify(strings.NewReader(string(text))); err != nil {
		t.Error(err)
	}
	if users, members := strings.Count(string(text), `{"user":{`), strings.Count(string(text), `{"membership":{`); users != 30 || members != 60 {
		t.Errorf("%d users and %d memberships", users, members)
	}
}

func TestTenthsOfUsersAreCompared(t *testing.T) {
	began := time.Unix(0, 0)
	tenths := tenthsOf{total: 300, began: began}
	for _, at := range []struct{ rows, second int }{{10, 1}, {90, 10}, {100, 12}, {300, 40}} {
		tenths.line([]byte(fmt.Sprintf(`{"rows":%d}`, at.rows)), began.Add(time.Duration(at.second)*time.Second))
	}
	if got := tenths.text(); got != "; the last tenth of the users took 2.00 times the first" {
		t.Error(got)
	}
}
