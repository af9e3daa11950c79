package console

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/keyring"
)

// maxKeys is the most keys of a dialect that a page shows.
const maxKeys = 100

// keysPage is what the list of keys shows.
type keysPage struct {
	Owner string
	Rings []shownRing
	Done  string
}

// shownRing is the keys of one dialect.
type shownRing struct {
	Dialect string
	Keys    []dialects.Key
	More    bool
}

func (v *visit) listKeys() error {
	p := keysPage{Owner: v.r.URL.Query().Get("owner")}
	if v.r.URL.Query().Get("done") == "revoked" {
		p.Done = "The key was revoked."
	}
	err := v.view(func(tx *core.Tx) error {
		p.Rings = nil
		for _, ring := range v.rings() {
			keys, err := keyring.List(tx, []keyring.Ring{ring}, dialects.KeyQuery{Owner: p.Owner, Limit: maxKeys + 1, Any: true})
			if err != nil {
				return err
			}
			p.Rings = append(p.Rings, shownRing{ring.Name(), keys[:min(len(keys), maxKeys)], len(keys) > maxKeys})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "keys", p)
}

func (v *visit) rings() []keyring.Ring { return keyring.Of(v.cfg.Dialects) }

// pathRing returns the dialect in the request's path; nil if it has no keys.
func (v *visit) pathRing() keyring.Ring {
	for _, ring := range v.rings() {
		if ring.Name() == v.r.PathValue("dialect") {
			return ring
		}
	}
	return nil
}

// keyForm is the form for a new key, with what was typed.
type keyForm struct {
	Dialect            string
	Form               dialects.KeyForm
	Owner, Realm, Name string
	Rights             []string
	Problem            map[string]string
}

// Has reports whether the right was checked.
func (f keyForm) Has(right string) bool { return slices.Contains(f.Rights, right) }

func (v *visit) newKey() error {
	ring := v.pathRing()
	if ring == nil {
		return v.notFound()
	}
	f := keyForm{Dialect: ring.Name(), Form: ring.KeyForm(), Owner: v.r.URL.Query().Get("owner"), Realm: string(core.MainRealm)}
	return v.render(http.StatusOK, "key-form", f)
}

// madeKey is a new key, which is shown this once.
type madeKey struct {
	Dialect, Owner string
	dialects.NewKey
}

func (v *visit) makeKey() error {
	ring := v.pathRing()
	if ring == nil {
		return v.notFound()
	}
	f := keyForm{Dialect: ring.Name(), Form: ring.KeyForm(), Owner: v.r.PostFormValue("owner"), Realm: v.r.PostFormValue("realm"),
		Name: v.r.PostFormValue("name"), Rights: v.r.PostForm["right"]}
	if !f.Form.Realm {
		f.Realm = string(core.MainRealm)
	}
	req := dialects.KeyRequest{Owner: f.Owner, Realm: f.Realm, Name: f.Name, Rights: f.Rights}
	key, err := keyring.Make(v.r.Context(), v.updating("make key"), ring, req)
	if err == nil {
		return v.render(http.StatusOK, "key", madeKey{ring.Name(), f.Owner, key})
	}
	if f.Problem = keyProblem(err); len(f.Problem) == 0 {
		return err
	}
	return v.render(http.StatusUnprocessableEntity, "key-form", f)
}

// updating returns update as a function of the change.
func (v *visit) updating(what string) keyring.Update {
	return func(_ context.Context, fn func(*core.Tx) error) error { return v.update(what, fn) }
}

// keyProblem is what is wrong with a request for a key, by field.
func keyProblem(err error) map[string]string {
	if wrong := new(keyring.RequestError); errors.As(err, &wrong) {
		return map[string]string{"form": wrong.Error()}
	}
	switch e := core.AsError(err); {
	case errors.Is(err, core.ErrNotFound):
		return map[string]string{"owner": "does not exist"}
	case e != nil && e.Kind == core.Conflict && e.Err != nil:
		return map[string]string{"owner": e.Err.Error()}
	}
	return faultsOf(err)
}

func (v *visit) revokeKey() error {
	ring := v.pathRing()
	if ring == nil {
		return v.notFound()
	}
	_, err := keyring.Revoke(v.r.Context(), v.updating("revoke key"), ring, v.r.PostFormValue("id"))
	if errors.Is(err, core.ErrNotFound) {
		v.refuse(http.StatusNotFound, "This key does not exist, or it was revoked already.")
		return nil
	}
	if err == nil {
		v.redirect("keys?done=revoked")
	}
	return err
}
