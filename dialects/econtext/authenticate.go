package econtext

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// attempt is a credential to be checked, for an application.
type attempt struct {
	kind               string // "username" or "apikey"; any other fails
	username, password string // as they were sent
	application        string
	address            string // "" if none is given
	client             netip.Addr
}

// authResult is what a right credential authenticates.
type authResult struct {
	user        *userView
	application *groupView
}

// authenticate checks a credential. Whatever is wrong with it, the answer is
// the same, and a success. Only a request that lacks a part fails.
// See REFERENCE.md, "Authenticate".
func authenticate(c *call) (reply, error) {
	in, err := c.readObject(false)
	if err != nil {
		return nil, err
	}
	try, err := readAttempt(in)
	if err != nil {
		return nil, err
	}
	try.client = wire.ClientIP(c.Request())
	result, err := c.d.authenticate(c.Request().Context(), try)
	if err != nil {
		return nil, err
	}
	if result == nil {
		c.d.failures.note(try)
		return func(e *encoder) error {
			e.RawKey("authenticated").Bool(false).RawKey("user").Null().RawKey("access_token").Null()
			return nil
		}, nil
	}
	token := c.d.accessToken(result)
	return func(e *encoder) error {
		defer e.hold(result.user.size())()
		e.RawKey("authenticated").Bool(true).RawKey("user")
		e.user(result.user, e.c.d.version.user)
		e.RawKey("access_token").StrOrNull(token)
		return nil
	}, nil
}

// readAttempt looks for the parts in the vendor's order, and fails as its server
// does on the first that is missing.
func readAttempt(in wire.Value) (attempt, error) {
	credential := member(in, "credential")
	for _, name := range []string{"type", "credential", "username", "password", "application"} {
		from := in
		if name == "username" || name == "password" {
			if from = credential; from.Kind() != wire.KindObject {
				return attempt{}, crash("'" + pystyle.TypeName(from) + "' object is not subscriptable")
			}
		}
		if !from.Has(name) {
			return attempt{}, crash("'" + name + "'")
		}
	}
	return attempt{
		kind:        stringOf(in, "type"),
		username:    stringOf(credential, "username"),
		password:    stringOf(credential, "password"),
		application: stringOf(in, "application"),
		address:     stringOf(in, "ip_address"),
	}, nil
}

// authenticate returns nil for an attempt that fails. One that is not blocked
// costs one hash, whatever is wrong with it.
func (d *Dialect) authenticate(ctx context.Context, try attempt) (*authResult, error) {
	if d.failures.blocks(try) {
		return nil, nil
	}
	found, err := d.lookUp(ctx, try)
	if err != nil {
		return nil, err
	}
	password := strings.TrimSpace(try.password)
	if d.adopt(ctx, try, found, password) {
		if found, err = d.lookUp(ctx, try); err != nil {
			return nil, err
		}
	}
	ok, err := d.dir.Verify(ctx, d.loginOf(try, found.holder), password)
	if err != nil || !ok || password == "" {
		return nil, err
	}
	return found.result, nil
}

// adopt asks the vendor about a user or a key that is not known here, or whose password or
// secret is not, and reports whether to look again.
func (d *Dialect) adopt(ctx context.Context, try attempt, found authLookup, password string) bool {
	c := core.Credential{Dialect: Name, Realm: d.realm, Login: try.username, Secret: password, Scope: try.application}
	switch {
	case try.kind == "username":
		c.User = found.holder
	case try.kind == "apikey" && (found.unknown || found.holder.Password == ""):
		c.Kind = core.CredentialKey
	default:
		return false
	}
	return d.dir.Adopt(ctx, d.loginOf(try, c.User), c)
}

// loginOf is the attempt as the core counts it: from the address of the end user if
// the caller says so, else from the caller's own.
func (d *Dialect) loginOf(try attempt, holder *core.User) core.Attempt {
	a := core.Attempt{Realm: d.realm, Name: try.kind + ":" + try.username, User: holder, Address: try.client}
	if try.kind == "username" {
		a.Name = try.username
	}
	if end, err := netip.ParseAddr(try.address); err == nil {
		a.Address = end
	}
	return a
}

// authLookup is what the store holds about an attempt.
type authLookup struct {
	unknown bool        // an API key that is not known
	holder  *core.User  // of the hash to compare with; nil: none
	result  *authResult // if the password is right; nil: none in any case
}

// lookUp reads what an attempt names. For an unknown API key a dummy takes
// the time, since secrets are hashed at another cost than passwords.
func (d *Dialect) lookUp(ctx context.Context, try attempt) (found authLookup, err error) {
	err = d.dir.View(ctx, func(tx *core.Tx) (err error) {
		found = authLookup{}
		var u *core.User
		switch try.kind {
		case "username":
			u, err = d.byLogin(tx, try.username)
			found.holder = u
		case "apikey":
			u, found.holder, err = d.byKey(tx, try.username)
		}
		if err != nil || u == nil || !u.Active(tx.Now()) {
			return err
		}
		found.result, err = d.resultFor(tx, u, try.application)
		return err
	})
	if err == nil && found.holder == nil && try.kind == "apikey" {
		found.unknown = true
		found.holder, err = d.dummy.holder(ctx, d)
	}
	return found, err
}

// resultFor returns nil unless the application is one of the user's and not DISABLED.
func (d *Dialect) resultFor(tx *core.Tx, u *core.User, application string) (*authResult, error) {
	v, err := d.loadUserView(tx, u)
	if err != nil {
		return nil, err
	}
	for i := range v.applications {
		if app := &v.applications[i]; app.UID == application && app.doc.status != statusDisabled {
			return &authResult{user: v, application: app}, nil
		}
	}
	return nil, nil
}

// byKey finds the owner of an enabled API key, and a holder of its hash.
func (d *Dialect) byKey(tx *core.Tx, id string) (owner, holder *core.User, err error) {
	r, err := tx.Record(d.keyRef(id))
	if errors.Is(err, core.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	doc, err := documentOf(r.Body)
	if err != nil {
		return nil, nil, err
	}
	holder = &core.User{Realm: d.realm, Password: doc.secret}
	if doc.status == statusDisabled {
		return nil, holder, nil
	}
	owner, err = tx.User(core.ByID(d.realm, r.Owner))
	if errors.Is(err, core.ErrNotFound) {
		err = nil
	}
	return owner, holder, err
}

// dummyCredential holds a secret that authenticates no one, made when first needed.
type dummyCredential struct {
	mu   sync.Mutex
	user *core.User
}

func (c *dummyCredential) holder(ctx context.Context, d *Dialect) (*core.User, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.user == nil {
		hash, err := d.dir.HashSecret(ctx, d.cfg.SecretCost, "not a secret")
		if err != nil {
			return nil, err
		}
		c.user = &core.User{Realm: d.realm, Password: hash}
	}
	return c.user, nil
}
