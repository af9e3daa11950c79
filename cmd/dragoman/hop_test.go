package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/store/storetest/pgtest"
)

const (
	hoppers    = 16
	hops       = 300 // updates that each of them tries at least
	hopsAfter  = 5   // updates of each that are acknowledged after the restart
	hopKill    = 200 // acknowledged updates after which a replica is killed
	hopRestart = 400 // and after which the database's server is
)

// hopper is a client that goes to another replica with every request.
type hopper struct {
	id           string
	bases        []string
	tried, acked int64 // numbers of updates; the acknowledged one was also read back elsewhere
}

// Clients hop between two replicas while one is killed and the server they share
// is crashed and started again. Every acknowledged update is kept and shown by
// the other replica at once, and no replaced value reappears.
func TestHoppingClientsLoseNothingToAKilledReplica(t *testing.T) {
	coretest.NeedLong(t)
	server := pgtest.Start(t, true)
	flags := []string{"--store", server.DSN(t), "--seed", writeFile(t, "seed.yaml", seedOf(killUsers))}
	doomed, spared := startChild(t, flags...), startChild(t, flags...)
	ids := userIDs(t, spared.base)
	clients := make([]*hopper, hoppers)
	var acknowledged atomic.Int64
	var restarted atomic.Bool
	var all sync.WaitGroup
	for i := range clients {
		clients[i] = &hopper{id: ids[i], bases: []string{doomed.base, spared.base}}
		all.Go(func() { clients[i].run(t, &acknowledged, &restarted) })
	}
	all.Go(func() {
		awaitCount(t, &acknowledged, hopKill)
		doomed.signal(t, syscall.SIGKILL)
		awaitCount(t, &acknowledged, hopRestart)
		server.Crash(t)
		server.Start(t)
		restarted.Store(true)
	})
	all.Wait()
	if n := acknowledged.Load(); n <= hopRestart {
		t.Errorf("%d updates were acknowledged; some had to be after the restart, at %d", n, hopRestart)
	}
	for _, c := range clients {
		if kept := c.read(t, spared.base); kept < c.acked || kept > c.tried {
			t.Errorf("%s: update %d is kept, %d was acknowledged last, %d tried last", c.id, kept, c.acked, c.tried)
		}
	}
}

// run updates, and reads each acknowledged update back from the other replica.
// It ends when some updates were acknowledged after the restart, however long that took.
func (c *hopper) run(t *testing.T, acknowledged *atomic.Int64, restarted *atomic.Bool) {
	end, after := time.Now().Add(5*time.Minute), 0
	for (c.tried < hops || after < hopsAfter) && time.Now().Before(end) {
		c.tried++
		writer, reader := c.bases[c.tried%2], c.bases[(c.tried+1)%2]
		if !update(writer, c.id, c.tried) {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		c.acked = c.tried
		acknowledged.Add(1)
		if restarted.Load() {
			after++
		}
		if kept := c.read(t, reader); kept >= 0 && kept != c.acked {
			t.Errorf("%s: update %d was acknowledged, the other replica shows %d", c.id, c.acked, kept)
		}
	}
}

// read returns the number of the update that the replica shows, -1 if it does not answer.
func (c *hopper) read(t *testing.T, base string) (kept int64) {
	req, err := http.NewRequest("GET", base+"/api/users/user/"+c.id, nil)
	if err != nil {
		t.Error(err)
		return -1
	}
	req.Header.Set(admin[0], admin[1])
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return -1
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return -1
	}
	var text strings.Builder
	if err := res.Write(&text); err != nil {
		return -1
	}
	_, name, _ := strings.Cut(text.String(), `"name": "update `)
	if _, err := fmt.Sscanf(name, "%d", &kept); err != nil {
		t.Errorf("%s shows no update: %s", c.id, text.String())
	}
	return kept
}

func awaitCount(t *testing.T, count *atomic.Int64, n int64) {
	for end := time.Now().Add(4 * time.Minute); count.Load() < n; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("%d updates are acknowledged after minutes, not %d", count.Load(), n)
			return
		}
	}
}
