package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// measureStandIn runs every operation for a moment.
func measureFake(t *testing.T, s *fakeGateway, more ...string) (r report, text string, err error) {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "out.json")
	var out, log bytes.Buffer
	args := append([]string{"run", "--target", "http://" + s.start(t), "--users", "50", "--connections", "4",
		"--time", "20ms", "--rounds", "2", "--folder", folder, "--json", file}, more...)
	err = runArgs(t.Context(), &out, &log, args...)
	data, readErr := os.ReadFile(file)
	if readErr != nil {
		t.Fatalf("%v: %v\n%s", readErr, err, &log)
	}
	if jsonErr := json.Unmarshal(data, &r); jsonErr != nil {
		t.Fatal(jsonErr)
	}
	left, _ := filepath.Glob(folder + "/dragoman-*")
	if len(left) > 0 {
		t.Errorf("it leaves %v behind", left)
	}
	return r, out.String(), err
}

func TestRun(t *testing.T) {
	s := &fakeGateway{users: 50}
	vs := startHandler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "PUT" || r.Header.Get("X-Test") != "a, b" || r.ContentLength != 4 {
			w.WriteHeader(500)
		}
	}))
	r, text, err := measureFake(t, s, "--vs", "http://"+vs+"/path", "--vs-method", "PUT", "--vs-header", "X-Test: a, b", "--vs-body", "body")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(r.Operations) != len(operations()) || s.asked.Load() == 0 {
		t.Fatalf("%d operations were measured, %d requests made", len(r.Operations), s.asked.Load())
	}
	for i, op := range operations() {
		got := r.Operations[i]
		if got.Name != op.name || got.Requests == 0 || got.Failures > 0 || got.P99 < got.P50 || got.P50 <= 0 {
			t.Errorf("%s: %+v", op.name, got)
		}
		if len(got.Baselines) != len(op.baselines)+1 || got.Baselines[0].Name != vs {
			t.Errorf("%s was measured against %d baselines, want %d and the other program", op.name, len(got.Baselines), len(op.baselines))
		}
		for _, baseline := range got.Baselines {
			if baseline.Requests == 0 || baseline.Failures > 0 || baseline.Ratio <= 0 {
				t.Errorf("%s vs %s: %+v", op.name, baseline.Name, baseline)
			}
		}
		if (got.Background != nil) != (op.background != "") {
			t.Errorf("%s: beside it was %+v", op.name, got.Background)
		}
		if !strings.Contains(text, "\n"+op.name+" ") {
			t.Errorf("the table does not show %s", op.name)
		}
	}
}

func TestRunTellsWrongAnswersFromNumbers(t *testing.T) {
	t.Run("from the start", func(t *testing.T) {
		no := func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusUnauthorized) }
		r, text, err := measureFake(t, &fakeGateway{users: 50, answers: no}, "--ops", "get-onapp,get-syncano", "--no-floor")
		if !errors.Is(err, errUnexpectedResponses) || len(r.Operations) != 2 || !strings.Contains(text, `get-onapp           failed: the response is 401 "no\n"`) {
			t.Errorf("it ends with %v:\n%s", err, text)
		}
	})
	t.Run("in the middle", func(t *testing.T) {
		var s fakeGateway
		s.users = 50
		s.answers = func(w http.ResponseWriter, _ *http.Request) {
			if s.asked.Load() > 60 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}
		r, text, err := measureFake(t, &s, "--ops", "get-onapp", "--no-floor")
		if !errors.Is(err, errUnexpectedResponses) || r.Operations[0].Failures == 0 || !strings.Contains(text, "failed: the response is 503") {
			t.Errorf("it ends with %v:\n%s", err, text)
		}
	})
}

func TestSeedPrintsWhatLetsTheDefaultsIn(t *testing.T) {
	var out bytes.Buffer
	mustRun(t, &out, &out, "seed", "--username", "ann")
	for _, want := range []string{`username: "ann"`, `key: "be0c4a2e81f97d365be0c4a2e81f97d365be0c41"`, `members: ["ann"]`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is not in\n%s", want, &out)
		}
	}
}
