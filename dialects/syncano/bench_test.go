package syncano_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) WriteHeader(int)             {}
func (d discard) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkRead is what one reading request costs without the network.
func BenchmarkRead(b *testing.B) {
	w := newWorld(b, nil)
	w.must(ownerKey, "PATCH", main+"classes/user_profile/", `{"schema": [{"name": "city", "type": "string"}]}`)
	w.must(ownerKey, "POST", main+"groups/", `{"label": "g"}`)
	for i := range 100 {
		w.must(ownerKey, "POST", users, fmt.Sprintf(`{"username": "u%d", "password": "x", "profile": {"city": "Rivia"}}`, i))
		w.must(ownerKey, "POST", main+"groups/1/users/", fmt.Sprintf(`{"user": %d}`, i+1))
	}
	for name, path := range map[string]string{"one": users + "50/", "page": users, "missing": users + "500/"} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest("GET", path, nil)
			r.Header.Set("X-Api-Key", aclKey)
			b.ReportAllocs()
			for b.Loop() {
				w.d.ServeHTTP(discard{http.Header{}}, r)
			}
		})
	}
}
