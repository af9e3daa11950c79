package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strconv"
)

// target is a gateway with the population in its main realm.
type target struct {
	addr       string
	server     process // 0 if not known
	access     access
	population population
	users      uint64 // number of users of the population
	first      int64  // ID of the first one; the others follow
}

// head begins a request: the method and the start of the path.
func (w *target) head(method, path string) string { return method + " " + path }

// tail ends the head of a request without a body.
func (w *target) tail(headers string) string {
	return " HTTP/1.1\r\nHost: " + w.addr + "\r\n" + headers + "\r\n"
}

// Headers with credentials.
func (w *target) basic() string  { return "Authorization: " + w.access.basic() + "\r\n" }
func (w *target) apiKey() string { return "X-API-KEY: " + w.access.APIKey + "\r\n" }

// instance returns the start of the instance's paths.
func (w *target) instance() string { return "/v1.1/instances/" + w.access.Instance }

// appendID appends the ID of the i-th user.
func (w *target) appendID(b []byte, i uint64) []byte {
	return strconv.AppendInt(b, w.first+int64(i), 10)
}

// locateUsers finds the population in the gateway. UUIDs are derived from the
// population; IDs follow from the first one if the users were added in order with
// no others in between, which the last one's ID proves.
func (w *target) locateUsers(ctx context.Context) error {
	c, err := dial(ctx, w.addr)
	if err != nil {
		return err
	}
	defer c.close()
	if w.first, err = w.find(ctx, c, 0); err != nil {
		return err
	}
	var failed error
	n := sort.Search(int(w.users), func(i int) bool {
		id, err := w.find(ctx, c, uint64(i))
		if err != nil && !errors.Is(err, errNoUsers) && failed == nil {
			failed = err
		}
		return err != nil || id != w.first+int64(i)
	})
	if failed == nil && uint64(n) < w.users {
		failed = fmt.Errorf("%s has the first %d users of the population: load all %d with 'dragoman-bench load', or say --users %d", w.addr, n, w.users, n)
	}
	return failed
}

// errNoUsers says that a user does not exist.
var errNoUsers = errors.New("the gateway does not have the population's users: load its store with 'dragoman-bench load'")

// find returns the ID of the i-th user.
func (w *target) find(ctx context.Context, c *client, i uint64) (int64, error) {
	requestSpec := w.searchUsername()
	res, body, err := c.do(ctx, requestSpec, i, 0)
	if err != nil {
		return 0, err
	}
	if res.status != 200 {
		return 0, fmt.Errorf("looking for users with the Syncano API key: %w", &unexpected{res.status, body})
	}
	var page struct {
		Objects []struct{ ID int64 }
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return 0, fmt.Errorf("looking for users with the Syncano API key: %w", err)
	}
	if len(page.Objects) != 1 {
		return 0, errNoUsers
	}
	return page.Objects[0].ID, nil
}

// searchUsername searches for one user, with the whole name as a prefix.
func (w *target) searchUsername() render {
	head := w.head("GET", w.instance()+"/users/?page_size=1&username__startswith=")
	tail := w.tail(w.apiKey())
	return func(b []byte, pick, _ uint64) []byte {
		b = w.population.appendUsername(append(b, head...), pick)
		return append(b, tail...)
	}
}
