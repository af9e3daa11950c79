package dragomantest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/dragoman-gateway/dragoman/dialects/dragomantest"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// A manager is an http.Handler that serves any number of sandboxes.
func Example() {
	m := sandbox.New(sandbox.Config{})
	defer m.Close()
	s, err := m.Create(context.Background(), sandbox.Creation{Name: "mine"})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest(http.MethodGet, "http://mine.localhost/api/users", nil)
	r.SetBasicAuth(dragomantest.Username, dragomantest.Password)
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	calls, err := s.Verify(sandbox.Expectation{Filter: sandbox.Filter{Operation: "users.list", Status: 200}})
	fmt.Println(w.Code, calls, err)
	// Output: 200 1 <nil>
}

// A fault answers in the dialect's own words, and the journal has the call.
func Example_fault() {
	m := sandbox.New(sandbox.Config{})
	defer m.Close()
	s, err := m.Create(context.Background(), sandbox.Creation{})
	if err == nil {
		_, err = s.SetFault(&sandbox.Fault{Dialect: "onapp", Operation: "users.list", Status: 404})
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest(http.MethodGet, "http://localhost/users.json", nil)
	r.SetBasicAuth(dragomantest.Username, dragomantest.Password)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	fmt.Println(s.Journal(sandbox.Filter{})[0].Operation)
	// Output:
	// 404 {"errors":["User not found"]}
	// users.list
}
