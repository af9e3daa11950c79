package dragomantest_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/dragomantest"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

func get(t testing.TB, client *http.Client, url, password string) (int, string) {
	t.Helper()
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("ann", password)
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestAGatewayOfATest(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"one", "two", "three"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gw := dragomantest.New(t, dragomantest.WithClock(time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)))
			gw.AddUser("ann", "ann@example.com", "s3cret-pass")
			gw.Fault(sandbox.Fault{Operation: "users.show", Dialect: "onapp", Status: 429, First: 1})
			path := "/profile.json"
			status, body := get(t, gw.Client(), gw.Base()+path, "s3cret-pass")
			t.Log(status, body, gw.Journal(sandbox.Filter{}))
			if status, _ := get(t, gw.Client(), gw.URL()+"/api/users", "wrong"); status != 401 {
				t.Errorf("a wrong password: %d", status)
			}
			gw.Verify(sandbox.Expectation{Filter: sandbox.Filter{User: "ann"}})
			if all := gw.Journal(sandbox.Filter{User: "ann"}); len(all) == 0 || all[0].At.Year() != 2024 {
				t.Errorf("%d entries", len(all))
			}
			gw.Reset()
			if status, _ := get(t, gw.Client(), gw.Base()+"/users.json", "s3cret-pass"); status != 401 {
				t.Errorf("after a reset: %d", status)
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	dragomantest.New(b)
	for b.Loop() {
		dragomantest.New(b)
	}
}
