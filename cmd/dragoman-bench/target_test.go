package main

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestLocateUsers(t *testing.T) {
	t.Run("finds the first number", func(t *testing.T) {
		w := &target{addr: (&fakeGateway{users: 500}).start(t), users: 500}
		if err := w.locateUsers(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := string(w.appendID(nil, 10)); got != "15" {
			t.Errorf("user 10 has number %s", got)
		}
	})
	refused := map[string]struct {
		gateway *fakeGateway
		says    string
	}{
		"a gateway without the population":   {&fakeGateway{}, "does not have the population"},
		"a gateway with a part of it":        {&fakeGateway{users: 123}, "the first 123 users"},
		"users that others came between":     {&fakeGateway{users: 500, gap: 321}, "the first 321 users"},
		"an ID that is not the population's": {&fakeGateway{users: 500, gap: 1}, "the first 1 users"},
	}
	for name, tt := range refused {
		t.Run("refuses "+name, func(t *testing.T) {
			w := &target{addr: tt.gateway.start(t), users: 500}
			if err := w.locateUsers(t.Context()); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("it says %v, want %q", err, tt.says)
			}
		})
	}
	t.Run("says what is answered to a wrong key", func(t *testing.T) {
		no := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "No such API Key.", http.StatusForbidden) })
		w := &target{addr: startHandler(t, no), users: 500}
		var wrong *unexpected
		if err := w.locateUsers(t.Context()); !errors.As(err, &wrong) || wrong.status != 403 {
			t.Errorf("it says %v", err)
		}
	})
}
