package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

const (
	killUsers   = 100
	killUpdates = 10 // of each user: 1,000 in all
	killAfter   = 400
)

// The process is killed while a hundred clients send a thousand updates. Every
// acknowledged update is kept, and no update is kept in part.
func TestKillLosesNoAcknowledgedUpdate(t *testing.T) {
	flags := []string{"--store", dbIn(t), "--seed", writeFile(t, "seed.yaml", seedOf(killUsers))}

	c := startChild(t, flags...)
	ids := userIDs(t, c.base)
	if len(ids) != killUsers {
		t.Fatalf("%d users", len(ids))
	}
	acknowledged := updateUntilKilled(t, c, ids)
	c.wait(t)

	again := startChild(t, flags...)
	for i, id := range ids {
		got := send(t, "GET", again.base+"/api/users/user/"+id, "", admin...)
		name := nameIn(t, got.body)
		var kept int64
		if _, err := fmt.Sscanf(name, "update %d", &kept); err != nil && acknowledged[i] > 0 {
			t.Errorf("user %d: %q, but update %d was acknowledged", i, name, acknowledged[i])
		}
		if kept < acknowledged[i] || kept > acknowledged[i]+1 {
			t.Errorf("user %d: %q, but update %d was the last that was acknowledged", i, name, acknowledged[i])
		}
	}
}

// seedOf is the development seed with n users more.
func seedOf(n int) string {
	var seed strings.Builder
	head, tail, _ := strings.Cut(devSeed, "syncano:\n")
	seed.WriteString(head)
	for i := range n {
		fmt.Fprintf(&seed, "  - {username: user%d}\n", i)
	}
	seed.WriteString("syncano:\n" + tail)
	return seed.String()
}

// updateUntilKilled returns the last update of each user that was answered with 200.
func updateUntilKilled(t *testing.T, c *child, ids []string) []int64 {
	t.Helper()
	last := make([]int64, len(ids))
	var count atomic.Int64
	var workers sync.WaitGroup
	for i, id := range ids {
		workers.Go(func() {
			for n := int64(1); n <= killUpdates; n++ {
				if !update(c.base, id, n) {
					return
				}
				last[i] = n
				if count.Add(1) == killAfter {
					_ = c.cmd.Process.Signal(syscall.SIGKILL)
				}
			}
		})
	}
	workers.Wait()
	if n := count.Load(); n < killAfter || n >= killUsers*killUpdates {
		t.Fatalf("%d updates were acknowledged; the kill was to come in the middle of %d", n, killUsers*killUpdates)
	}
	return last
}

func update(base, id string, n int64) bool {
	req, err := http.NewRequest("PUT", base+"/api/users/user/"+id, strings.NewReader(fmt.Sprintf(`{"name": "update %d"}`, n)))
	if err != nil {
		return false
	}
	req.Header.Set(admin[0], admin[1])
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return res.StatusCode == http.StatusOK && res.Body.Close() == nil
}

// econtextUsers is the part of the envelope that the tests read.
type econtextUsers struct {
	EContext struct {
		Result struct {
			Users []econtextUser `json:"users"`
			User  econtextUser   `json:"user"`
		} `json:"result"`
	} `json:"econtext"`
}

type econtextUser struct{ ID, Username, Name string }

// userIDs lists the ids of all users but the administrator and its like.
func userIDs(t *testing.T, base string) (ids []string) {
	t.Helper()
	for page := 1; page <= 10; page++ {
		list := decoded(t, send(t, "GET", fmt.Sprintf("%s/api/users?page=%d", base, page), "", admin...).body)
		for _, u := range list.EContext.Result.Users {
			if strings.HasPrefix(u.Username, "user") {
				ids = append(ids, u.ID)
			}
		}
		if len(ids) >= killUsers {
			break
		}
	}
	return ids
}

func nameIn(t *testing.T, body string) string {
	t.Helper()
	return decoded(t, body).EContext.Result.User.Name
}

func decoded(t *testing.T, body string) (out econtextUsers) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return out
}
