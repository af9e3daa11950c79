package syncano_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/dialecttest"
)

const notes = main + "classes/note/objects/"

// newNotes is a world with ten notes of 30,000 characters each.
func newNotes(t *testing.T) *world {
	w := newWorld(t, nil)
	w.must(ownerKey, "POST", main+"classes/", `{"name": "note", "schema": [{"name": "body", "type": "text"}]}`)
	for range 10 {
		w.must(ownerKey, "POST", notes, `{"body": "`+strings.Repeat("<", 30000)+`"}`)
	}
	return w
}

// bounded sends a request whose answer has that many bytes at most.
func (w *world) bounded(most int64, method, path, body string) *dialecttest.BoundedRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("X-Api-Key", ownerKey)
	r.Header.Set("Content-Type", "application/json")
	rec := dialecttest.NewBoundedRecorder(most)
	w.d.ServeHTTP(rec, r)
	return rec
}

const tooLarge = `{"detail":"Response is too large. Ask for fewer objects."}`

func TestAPageThatIsTooLargeIsRefused(t *testing.T) {
	w := newNotes(t)
	for _, c := range []struct {
		query string
		want  int
	}{{"", 400}, {"?page_size=3", 200}, {"?fields=id", 400}, {"?page_size=3&fields=id", 200}} {
		got := w.bounded(100_000, "GET", notes+c.query, "")
		if got.Code != c.want || c.want == 400 && got.Body.String() != tooLarge {
			t.Errorf("%q: %d %.100s", c.query, got.Code, got.Body)
		}
		if got.Began != 1 || got.Held != 0 {
			t.Errorf("%q: %d turns, %d bytes held", c.query, got.Began, got.Held)
		}
	}
}

func TestListsAreRefusedWhileTheAddressReadsNone(t *testing.T) {
	w := newNotes(t)
	for path, want := range map[string]int{
		notes: 503, users: 503, main + "groups/": 503, main + "classes/": 503, main + "api_keys/": 503, "/v1.1/instances/": 503,
		"/v2/instances/main/users/": 503, main: 200, main + "classes/note/": 200,
	} {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("X-Api-Key", ownerKey)
		rec := dialecttest.NewBoundedRecorder(1 << 20)
		rec.Full = true
		w.d.ServeHTTP(rec, r)
		if rec.Code != want || want == 503 && (rec.Header().Get("Retry-After") == "" || rec.Body.String() != `{"detail":"Service is busy. Try again later."}`) {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
}

// The answers to the parts of a batch are one answer: what follows the one that does not
// fit is refused, and not carried out.
func TestTheAnswersOfABatchShareOneBound(t *testing.T) {
	w := newNotes(t)
	list := fmt.Sprintf(`{"method": "GET", "path": "%s?page_size=3"}`, notes)
	create := fmt.Sprintf(`{"method": "POST", "path": "%s", "body": {"body": "x"}}`, notes)
	got := w.bounded(200_000, "POST", main+"batch/", `{"requests": [`+strings.Join([]string{create, list, list, list, create}, ",")+`]}`)
	text := got.Body.String()
	refused := `{"code":400,"content":` + tooLarge + `}`
	if got.Code != 200 || strings.Count(text, `{"code":200`) != 2 || strings.Count(text, `{"code":201`) != 1 || !strings.HasSuffix(text, refused+","+refused+"]") {
		t.Errorf("%d %.100s ... %.300s", got.Code, text, text[max(0, len(text)-300):])
	}
	if got.Held != 0 || got.MostHeld < 180_000 || got.MostHeld > 200_000 || got.PauseAnswer() {
		t.Errorf("%d bytes are held, %d at once", got.Held, got.MostHeld)
	}
	if n := strings.Count(w.do(ownerKey, "GET", notes+"?fields=id", "").Body.String(), `"id"`); n != 11 {
		t.Errorf("%d objects", n)
	}
}
