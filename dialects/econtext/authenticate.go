package econtext

import (
	"context"
	"errors"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// attempt is a credential that the caller wants judged, for an application.
type attempt struct {
	kind               string // "username" or "apikey"; any other fails
	username, password string // as they were sent
	application        string
	address            string // "" if none is given
}

// authenticate judges a credential. Whatever is wrong with it, the answer is
// the same, and success; only a request that lacks a part fails.
func authenticate(k *call) (reply, error) {
	in, err := k.object()
	if err != nil {
		return nil, err
	}
	try, err := readAttempt(in)
	if err != nil {
		return nil, err
	}
	proven, err := k.d.judge(k.ctx(), try)
	if err != nil {
		return nil, err
	}
	if proven == nil {
		k.d.failures.note(try)
		return replyFunc(refused), nil
	}
	token := k.d.accessToken(proven)
	return replyFunc(func(a *answer) error {
		a.RawKey("authenticated").Bool(true).RawKey("user")
		a.user(proven.person)
		a.RawKey("access_token").StrOrNull(token)
		return nil
	}), nil
}

func refused(a *answer) error {
	a.RawKey("authenticated").Bool(false).RawKey("user").Null().RawKey("access_token").Null()
	return nil
}

// readAttempt looks for the parts in the vendor's order, and fails as its server
// does on the first that is not there.
func readAttempt(in wire.Value) (try attempt, err error) {
	for _, name := range []string{"type", "credential"} {
		if !in.Has(name) {
			return try, crash("'" + name + "'")
		}
	}
	credential := member(in, "credential")
	if credential.Kind() != wire.KindObject {
		return try, crash("'" + typeName(credential) + "' object is not subscriptable")
	}
	for _, name := range []string{"username", "password"} {
		if !credential.Has(name) {
			return try, crash("'" + name + "'")
		}
	}
	if !in.Has("application") {
		return try, crash("'application'")
	}
	return attempt{
		kind:        stringOf(in, "type"),
		username:    stringOf(credential, "username"),
		password:    stringOf(credential, "password"),
		application: stringOf(in, "application"),
		address:     stringOf(in, "ip_address"),
	}, nil
}

// stringOf is a member's text; what is no string is nobody's, and reads as "".
func stringOf(in wire.Value, name string) string {
	s, _ := member(in, name).Str()
	return s
}

// proven is a credential that was found right.
type proven struct {
	person      *person
	application *thing
}

// judge returns nil for an attempt that fails. One that is not blocked costs
// one hash, whatever is wrong with it.
func (d *Dialect) judge(ctx context.Context, try attempt) (*proven, error) {
	if d.failures.blocks(try) {
		return nil, nil
	}
	c, err := d.claimOf(ctx, try)
	if err != nil {
		return nil, err
	}
	password := strings.TrimSpace(try.password)
	ok, err := d.dir.Verify(ctx, c.holder, password)
	if err != nil || !ok || password == "" || c.proven == nil {
		return nil, err
	}
	return c.proven, nil
}

// claimOf reads what is claimed. For an API key that is not there a decoy takes
// the time, since secrets are hashed at another cost than passwords.
func (d *Dialect) claimOf(ctx context.Context, try attempt) (c claim, err error) {
	err = d.dir.View(ctx, func(tx *core.Tx) (err error) {
		c, err = d.claim(tx, try)
		return err
	})
	if err == nil && c.holder == nil && try.kind == "apikey" {
		c.holder, err = d.decoy.holder(ctx, d)
	}
	return c, err
}

// claim is what an attempt would prove if its password is right.
type claim struct {
	holder *core.User // of the hash to compare with; nil: nobody
	proven *proven    // nil: nothing, right or not
}

func (d *Dialect) claim(tx *core.Tx, try attempt) (c claim, err error) {
	var u *core.User
	switch try.kind {
	case "username":
		u, err = d.byLogin(tx, try.username)
		c.holder = u
	case "apikey":
		u, c.holder, err = d.byKey(tx, try.username)
	}
	if err != nil || u == nil || !u.Active(tx.Now()) {
		return c, err
	}
	p, err := d.reload(tx, u)
	if err != nil {
		return c, err
	}
	for i := range p.applications {
		app := &p.applications[i]
		if app.UID == try.application && app.doc.status != statusDisabled {
			c.proven = &proven{person: p, application: app}
		}
	}
	return c, nil
}

// byKey finds the owner of an enabled API key, and a holder of its hash.
func (d *Dialect) byKey(tx *core.Tx, id string) (owner, holder *core.User, err error) {
	r, err := tx.Record(d.keyRef(id))
	if err != nil {
		return nil, nil, unlessNotFound(err)
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
	return owner, holder, unlessNotFound(err)
}

func unlessNotFound(err error) error {
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	return err
}
