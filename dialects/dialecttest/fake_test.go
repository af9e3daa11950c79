package dialecttest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
)

// fake is a dialect of a few lines that keeps every rule of the suite, or breaks
// the one that it is told to.
type fake struct {
	dir    *core.Directory
	broken string
}

const fakeLimit = leastBodyLimit

func (f *fake) Operations() []string {
	names := []string{"users.get", "users.post", "users.put", "users.delete"}
	if f.breaks("writes unseen") {
		names = append(names, "users.replace")
	}
	return names
}

func (f *fake) breaks(rule string) bool { return f.broken == rule }

func (f *fake) Name() string { return "fake" }

func (f *fake) Owns(path string) bool {
	return strings.HasPrefix(path, "/fake/") && !f.breaks("owns nothing")
}

func (f *fake) Refuse(w http.ResponseWriter, r *http.Request, why dialects.Refusal) {
	if f.breaks("refuses in plain text") {
		http.Error(w, "no", why.Status)
		return
	}
	if after := why.RetryAfter; after > 0 && !f.breaks("does not say when to retry") {
		w.Header().Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
	}
	reply(w, why.Status, fakeWords{"no"})
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	noun, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/fake/"), "/")
	status, body, err := f.route(w, r, noun, id)
	if err != nil {
		f.fail(w, err)
		return
	}
	if f.breaks("tells the wall clock") {
		w.Header().Set("X-Now", time.Now().Format(time.RFC3339Nano))
	}
	reply(w, status, body)
}

func (f *fake) route(w http.ResponseWriter, r *http.Request, noun, id string) (int, any, error) {
	switch {
	case noun != "users" && f.breaks("welcomes unknown paths"):
		return http.StatusOK, nil, nil
	case noun != "users":
		return 0, nil, core.ErrNotFound
	}
	if err := f.authenticate(r); err != nil {
		return 0, nil, err
	}
	f.note(w, "users."+strings.ToLower(r.Method), id)
	switch r.Method + " " + strconv.FormatBool(id != "") {
	case "POST false":
		return f.write(w, r, 0)
	case "GET false":
		return f.list(r)
	case "GET true":
		return f.show(r, id)
	case "PUT true":
		n, _ := strconv.ParseInt(id, 10, 64)
		return f.write(w, r, n)
	case "DELETE true":
		return f.remove(r, id)
	}
	if f.breaks("takes any method") {
		return f.list(r)
	}
	return 0, nil, errMethod
}

var errMethod, errSyntax, errTooLarge = errors.New("method"), errors.New("syntax"), errors.New("too large")

func (f *fake) note(w http.ResponseWriter, operation, id string) {
	if f.breaks("notes ids") {
		operation += "." + id + "7"
	}
	if !f.breaks("notes nothing") {
		dialects.NoteOperation(w, operation)
	}
}

// authenticate wants the key of a user of the main realm who is an administrator.
func (f *fake) authenticate(r *http.Request) error {
	if f.breaks("asks for no key") || f.breaks("lets strangers write") && r.Method != "GET" {
		return nil
	}
	u, err := f.caller(r)
	switch {
	case core.KindOf(err) == core.NotFound:
		return &core.Error{Kind: core.Unauthenticated}
	case err != nil:
		return err
	case u.Name.Given != "Admin" && !f.breaks("lets everybody in"):
		return &core.Error{Kind: core.Forbidden}
	}
	return nil
}

func (f *fake) caller(r *http.Request) (u *core.User, err error) {
	key := r.Header.Get("X-Key")
	err = f.dir.View(r.Context(), func(tx *core.Tx) (err error) {
		u, err = tx.User(core.ByHandle(core.MainRealm, "fake.key", key))
		if err != nil && f.breaks("takes keys of other realms") {
			u, err = tx.User(core.ByHandle("other", "fake.key", key))
		}
		return err
	})
	return u, err
}

// read decodes a body that is no longer than the limit.
func (f *fake) read(r *http.Request, into any) error {
	if r.ContentLength > fakeLimit && !f.breaks("reads what is declared") {
		return errTooLarge
	}
	if f.breaks("reads what is declared") && r.ContentLength > 1<<30 {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, fakeLimit+1))
	if err != nil {
		return errSyntax
	}
	if len(body) > fakeLimit && !f.breaks("takes any size") {
		return errTooLarge
	}
	if err := json.Unmarshal(body, into); err != nil && !f.breaks("takes any body") {
		return errSyntax
	}
	return nil
}

type fakeWords struct {
	Error string `json:"error"`
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if body != nil && status != http.StatusNoContent {
		text, _ := json.Marshal(body)
		_, _ = w.Write(text)
	}
}

// fail is where the fake has its words.
func (f *fake) fail(w http.ResponseWriter, err error) {
	status, body := f.words(err)
	if status >= 500 && !f.breaks("tells the log nothing") {
		dialects.NoteError(w, err)
	}
	if status == http.StatusServiceUnavailable && !f.breaks("is busy for ever") {
		w.Header().Set("Retry-After", "1")
	}
	if f.breaks("notes the password") {
		dialects.NoteError(w, fmt.Errorf("%w: %s", err, fakePassword))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
