package dialecttest

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
)

// fakeIn is a body: a nil nick is absent.
type fakeIn struct {
	Login    string          `json:"login"`
	Password string          `json:"password"`
	Nick     json.RawMessage `json:"nick"`
	NewKey   bool            `json:"new_key"`
	Disabled bool            `json:"disabled"`
}

type fakeOut struct {
	ID       int64           `json:"id"`
	Login    string          `json:"login"`
	Nick     json.RawMessage `json:"nick"`
	Key      string          `json:"key"`
	Password string          `json:"password,omitempty"`
}

func (f *fake) view(u *core.User) fakeOut {
	out := fakeOut{ID: u.ID, Login: u.Username, Nick: facetOf(u)["nick"], Key: u.Handle("fake.key")}
	if out.Nick == nil {
		out.Nick = json.RawMessage("null")
	}
	if f.breaks("shows the hash") {
		out.Password = u.Password
	}
	if f.breaks("shows the password") {
		out.Password = fakePassword
	}
	return out
}

func facetOf(u *core.User) map[string]json.RawMessage {
	facet := map[string]json.RawMessage{}
	if text := u.Facets.Get("fake").Text(); len(text) > 0 {
		_ = json.Unmarshal(text, &facet)
	}
	return facet
}

func (f *fake) show(r *http.Request, id string) (status int, body any, err error) {
	n, _ := strconv.ParseInt(id, 10, 64)
	err = f.dir.View(r.Context(), func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(core.MainRealm, n))
		if err != nil && f.breaks("shows other realms") {
			u, err = tx.User(core.ByID("isolated", n))
		}
		if err == nil {
			out := f.view(u)
			if f.breaks("shows no key") {
				out.Key = ""
			}
			body = out
		}
		return err
	})
	return http.StatusOK, body, err
}

func (f *fake) list(r *http.Request) (int, any, error) {
	out := []fakeOut{}
	err := f.dir.View(r.Context(), func(tx *core.Tx) error {
		users, err := tx.Users(core.UserQuery{Realm: core.MainRealm})
		for _, u := range users {
			if !f.breaks("lists nobody") {
				out = append(out, f.view(u))
			}
		}
		return err
	})
	return http.StatusOK, out, err
}

func (f *fake) remove(r *http.Request, id string) (int, any, error) {
	n, _ := strconv.ParseInt(id, 10, 64)
	err := f.update(r, func(tx *core.Tx) error {
		u, err := tx.User(core.ByID(core.MainRealm, n))
		if err != nil || f.breaks("deletes nobody") {
			return err
		}
		return tx.RemoveUser(u)
	})
	if f.breaks("swallows a failed write") {
		err = nil
	}
	return http.StatusNoContent, nil, err
}

// write creates (id 0) or changes a user.
func (f *fake) write(w http.ResponseWriter, r *http.Request, id int64) (int, any, error) {
	var in fakeIn
	if err := f.read(r, &in); err != nil {
		return 0, nil, err
	}
	hash, err := f.hash(r, in.Password)
	if err != nil {
		return 0, nil, err
	}
	if f.breaks("writes twice") && id != 0 {
		if err := f.store(r, w, id, fakeIn{Login: in.Login, Nick: json.RawMessage(`"half"`)}, hash, nil); err != nil {
			return 0, nil, err
		}
	}
	var out any
	err = f.store(r, w, id, in, hash, &out)
	if f.breaks("smiles at a taken name") && core.KindOf(err) == core.Invalid {
		out, err = fakeOut{ID: 3}, nil
	}
	if id == 0 {
		return http.StatusCreated, out, err
	}
	return http.StatusOK, out, err
}

func (f *fake) hash(r *http.Request, plain string) (string, error) {
	if plain == "" {
		return "", nil
	}
	return f.dir.HashPassword(r.Context(), plain)
}

func (f *fake) store(r *http.Request, _ http.ResponseWriter, id int64, in fakeIn, hash string, out *any) error {
	return f.update(r, func(tx *core.Tx) error {
		u, err := f.load(tx, id)
		if err != nil || f.breaks("updates nothing") && id != 0 {
			return err
		}
		if err := f.apply(tx, u, in, hash); err != nil {
			return err
		}
		if f.breaks("stores nobody") {
			u.Username = "nobody"
		}
		save := tx.SaveUser
		if u.ID == 0 {
			save = tx.AddUser
		}
		if err := save(u); err != nil {
			return err
		}
		if out != nil {
			*out = f.view(u)
		}
		return nil
	})
}

// update changes something as the caller.
func (f *fake) update(r *http.Request, fn func(*core.Tx) error) error {
	actor := core.Operator()
	if u, err := f.caller(r); err == nil && !f.breaks("acts as the operator") {
		actor = core.ActingUser("fake", u, core.ProofSecret)
	}
	return f.dir.Update(r.Context(), actor, func(tx *core.Tx) error {
		_, err := tx.User(core.ByHandle(core.MainRealm, "fake.key", r.Header.Get("X-Key")))
		if core.KindOf(err) == core.NotFound && !f.breaks("trusts the first look") && !f.breaks("lets strangers write") {
			return &core.Error{Kind: core.Unauthenticated}
		}
		return fn(tx)
	})
}

func (f *fake) load(tx *core.Tx, id int64) (*core.User, error) {
	if id != 0 {
		return tx.User(core.ByID(core.MainRealm, id))
	}
	u := &core.User{Realm: core.MainRealm, Enabled: true}
	u.SetHandle("fake.key", tx.Directory().NewKey("abcdef", 20))
	return u, nil
}

func (f *fake) apply(_ *core.Tx, u *core.User, in fakeIn, hash string) error {
	if in.Login != "" {
		u.Username = in.Login
	}
	if hash != "" {
		u.Password = hash
	}
	if in.NewKey {
		u.SetHandle("fake.key", u.Handle("fake.key")+"2")
	}
	if in.Disabled {
		u.Enabled = false
	}
	facet := facetOf(u)
	switch nick := string(in.Nick); {
	case nick == "":
		if f.breaks("clears what is absent") {
			delete(facet, "nick")
		}
	case nick == `""` && !f.breaks("takes what is empty"):
		return core.NewInvalid(core.Fault{Field: "nick", Rule: core.NotBlank})
	case nick == "null" && f.breaks("keeps what is null"):
	default:
		facet["nick"] = in.Nick
	}
	f.spoil(u, facet)
	text, _ := json.Marshal(facet)
	u.Facets.Set("fake", text)
	return nil
}

// spoil breaks what an update should carry through.
func (f *fake) spoil(u *core.User, facet map[string]json.RawMessage) {
	switch {
	case f.breaks("rewrites foreign facets") && u.Facets.Get(foreignName) != nil:
		u.Facets.Set(foreignName, []byte(compact(foreignFacet)))
	case f.breaks("drops foreign facets"):
		u.Facets = nil
	case f.breaks("drops foreign handles"):
		u.Handles = nil
	case f.breaks("drops attributes"):
		u.Attributes = nil
	case f.breaks("forgets keys it does not know"):
		for name := range facet {
			if name != "nick" {
				delete(facet, name)
			}
		}
	}
}
