package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestOperationsRenderRequestsThatCanBeRead(t *testing.T) {
	w := &target{addr: "127.0.0.1:80", access: access{"ann", "secret", "main", "key"}, population: population{1}, users: 5000, first: 2}
	for _, op := range operations() {
		t.Run(op.name, func(t *testing.T) {
			a := op.in(w)
			for turn := range uint64(3000) {
				request := a.request(nil, turn%a.picks, turn)
				rest := bufio.NewReader(bytes.NewReader(request))
				r, err := http.ReadRequest(rest)
				if err != nil {
					t.Fatalf("%v in %q", err, request)
				}
				if _, err := io.Copy(io.Discard, r.Body); err != nil {
					t.Fatalf("%v in %q", err, request)
				}
				if left := rest.Buffered(); left > 0 || r.Host != w.addr {
					t.Fatalf("%d bytes too many, or another host, in %q", left, request)
				}
			}
		})
	}
}

func TestOperationsAreCompleteAsATable(t *testing.T) {
	all := operations()
	names := namesOf(all)
	slices.Sort(names)
	if len(slices.Compact(names)) != len(all) {
		t.Error("two operations have one name")
	}
	fixed := []string{floorBaseline, largeBaseline, hashBaseline, commitBaseline, writerBaseline}
	for _, op := range all {
		for _, r := range op.baselines {
			if _, found := byName(r.name); !found && !slices.Contains(fixed, r.name) {
				t.Errorf("%s: unknown baseline %q", op.name, r.name)
			}
		}
		if _, found := byName(op.background); !found && op.background != "" {
			t.Errorf("%s: unknown background operation %q", op.name, op.background)
		}
		if w := (&target{users: 1}); op.in(w).picks != 1 {
			t.Errorf("%s: with one user, it has %d targets", op.name, op.in(w).picks)
		}
	}
}

func TestChoose(t *testing.T) {
	tests := map[string]struct {
		names []string
		want  string
	}{
		"one":          {[]string{"login"}, "login"},
		"by beginning": {[]string{"put-*"}, "put-econtext put-onapp put-alone put-password"},
		"in order":     {[]string{"login", "get-xml"}, "get-xml login"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := choose(tt.names)
			if err != nil || strings.Join(namesOf(got), " ") != tt.want {
				t.Errorf("got %v and %v", namesOf(got), err)
			}
		})
	}
	t.Run("all", func(t *testing.T) {
		if got, err := choose(nil); err != nil || len(got) != len(operations()) {
			t.Errorf("got %v and %v", namesOf(got), err)
		}
	})
}

// Each visit to a user brings another value than the visit before: a dialect
// does not write what is there already.
func TestPatchChangesSomethingEachTime(t *testing.T) {
	w := &target{users: 10}
	a := patchSyncano(w)
	bodies := map[uint64]string{}
	for turn := range uint64(100) {
		pick := turn % a.picks
		_, body, _ := strings.Cut(string(a.request(nil, pick, turn)), "\r\n\r\n")
		if bodies[pick] == body {
			t.Fatalf("turn %d brings user %d nothing new", turn, pick)
		}
		bodies[pick] = body
	}
}
