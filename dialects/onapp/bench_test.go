package onapp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/coretest"
	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

// void is a ResponseWriter that costs nothing.
type void struct{ header http.Header }

func (v *void) Header() http.Header         { return v.header }
func (v *void) Write(p []byte) (int, error) { return len(p), nil }
func (v *void) WriteHeader(int)             {}

// benchDialect has 120 users besides those of setup, half of them with the role "user".
func benchDialect(b *testing.B) (*Dialect, string) {
	env := dialecttest.NewEnv(b, dialecttest.SQLite())
	vars := setup(b, env.Dir)
	err := env.Dir.Update(context.Background(), core.Operator(), func(tx *core.Tx) error {
		for i := range 120 {
			u := coretest.User(fmt.Sprintf("person%d", i))
			u.Name = core.Name{Given: "Per", Family: "Son"}
			f := &facet{facetValues: facetValues{Identifier: "abcdefghijklmn", ActivatedAt: tx.Now()}}
			f.storeIfChanged(u, &facet{})
			if err := tx.AddUser(u); err != nil {
				return err
			}
			if i%2 == 0 {
				if _, err := tx.Join(u, &core.Group{ID: 2, Realm: u.Realm, Kind: kindRole}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	_, auth, _ := bytes.Cut([]byte(vars["auth"]), []byte(": "))
	return newDialect(env.Dir).(*Dialect), string(auth)
}

func benchRequest(b *testing.B, method, target, body, contentType string) {
	d, auth := benchDialect(b)
	w := &void{header: http.Header{}}
	r := httptest.NewRequest(method, target, nil)
	r.Header.Set("Authorization", auth)
	r.Header.Set("Content-Type", contentType)
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		if body != "" {
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(body))), int64(len(body))
		}
		d.ServeHTTP(w, r)
	}
}

func BenchmarkGetUserJSON(b *testing.B) { benchRequest(b, "GET", "/users/6.json", "", "") }

func BenchmarkGetUserXML(b *testing.B) { benchRequest(b, "GET", "/users/6.xml", "", "") }

func BenchmarkGetUserWithRoleJSON(b *testing.B) { benchRequest(b, "GET", "/users/5.json", "", "") }

func BenchmarkGetVersion(b *testing.B) { benchRequest(b, "GET", "/version.json", "", "") }

func BenchmarkListHundred(b *testing.B) {
	benchRequest(b, "GET", "/users.json?page=1&per_page=100", "", "")
}

func BenchmarkListHundredXML(b *testing.B) {
	benchRequest(b, "GET", "/users.xml?page=1&per_page=100", "", "")
}

func BenchmarkPutUser(b *testing.B) {
	benchRequest(b, "PUT", "/users/6.json", `{"user":{"first_name":"Bea","time_zone":"London"}}`, "application/json")
}

// BenchmarkPageOfMany is the first page of a hundred, and one from the middle of the first ten
// thousand, of a realm of a thousand and of a million.
func BenchmarkPageOfMany(b *testing.B) {
	const batch = 10_000
	for _, users := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprint(users), func(b *testing.B) {
			env := dialecttest.NewEnv(b, dialecttest.SQLite())
			w := &fixture{t: b, d: newDialect(env.Dir).(*Dialect), dir: env.Dir, vars: setup(b, env.Dir)}
			for done := 0; done < users; done += batch {
				addUsersFrom(b, env.Dir, done, min(batch, users-done))
			}
			for _, page := range []string{"1", "5"} {
				b.Run("page "+page, func(b *testing.B) {
					v := &void{header: http.Header{}}
					for b.Loop() {
						clear(v.header)
						w.get("/users.json?per_page=100&page="+page, v)
					}
				})
			}
		})
	}
}

// BenchmarkWriteUser is the writing alone.
func BenchmarkWriteUser(b *testing.B) {
	d, _ := benchDialect(b)
	for name, f := range map[string]format{"json": formatJSON, "xml": formatXML} {
		b.Run(name, func(b *testing.B) {
			var v *userView
			c := &call{d: d, format: f, caller: caller{user: &core.User{}}}
			err := d.dir.View(context.Background(), func(tx *core.Tx) error {
				u, err := tx.User(core.ByID(core.MainRealm, 6))
				if err != nil {
					return err
				}
				v, err = c.loadView(tx, u)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				e := d.newStream(f)
				e.Root("user")
				writeUser(e, v, d.columns.full)
				e.End()
				_ = etag(e.Bytes())
				e.Release()
			}
		})
	}
}
