package upstream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// URNs of the schemas.
const (
	urnUser       = "urn:ietf:params:scim:schemas:core:2.0:User"
	urnGroup      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	urnEnterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	urnCustom     = "urn:ietf:params:scim:schemas:extension:dragoman:2.0:User"
)

// ofServer are the attributes that a server sets itself, or that follow from others.
func ofServer(name string) bool {
	return slices.ContainsFunc([]string{"id", "meta", "groups", "schemas", "password"}, func(s string) bool { return strings.EqualFold(s, name) })
}

// userBody is what the server should have: all that SCIM shows here, in the schemas that
// the server knows. Its externalId is the user's id here. waits says that the manager has
// no id there yet, and is left out.
func (p *push) userBody(ctx context.Context, v wire.Value) (_ wire.Value, waits bool, err error) {
	urns := wire.Array(wire.String(urnUser))
	body := wire.Object(wire.Member{Name: "schemas", Value: urns}, wire.Member{Name: "externalId", Value: member(v, "id")})
	for _, m := range v.Members() {
		switch {
		case ofServer(m.Name) || m.Name == "externalId":
		case !strings.HasPrefix(m.Name, "urn:"):
			body.Set(m.Name, m.Value)
		case p.features.declared && !p.features.extensions[m.Name]:
		default:
			own := withoutMember(m.Value, "other")
			if m.Name == urnEnterprise {
				if own, waits, err = p.translate(ctx, own); err != nil {
					return body, false, err
				}
			}
			if own.Len() > 0 {
				urns.Append(wire.String(m.Name))
				body.Set(m.Name, own)
			}
		}
	}
	body.Set("schemas", urns)
	return body, waits, nil
}

// translate gives the manager the id that it has at the server. An id that is not one of
// a user here stays.
func (p *push) translate(ctx context.Context, enterprise wire.Value) (_ wire.Value, waits bool, err error) {
	manager, ok := enterprise.Get("manager")
	id := textOf(manager, "value")
	if !ok || id == "" {
		return enterprise, false, nil
	}
	remote := p.users[id]
	if remote == "" {
		remote = p.state.get(typeUser, id).Remote
	}
	body := withoutMember(enterprise, "manager")
	if remote == "" {
		err := p.opts.Directory.View(ctx, func(tx *core.Tx) error {
			_, err := tx.User(core.ByUID(p.cfg.Realm, id))
			return err
		})
		switch {
		case errors.Is(err, core.ErrNotFound):
			return enterprise, false, nil
		case err != nil:
			return body, false, err
		}
		return body, !p.last, nil
	}
	body.Set("manager", wire.Object(wire.Member{Name: "value", Value: wire.String(remote)}))
	return body, false, nil
}

func withoutMember(v wire.Value, name string) wire.Value {
	c := wire.Object()
	for _, m := range v.Members() {
		if m.Name != name {
			c.Set(m.Name, m.Value)
		}
	}
	return c
}

// sameUser reports whether the server has what is wanted, and nothing else of what is
// sent.
func sameUser(want, have wire.Value) bool {
	for _, m := range want.Members() {
		there := member(have, m.Name)
		if m.Name == urnCustom {
			there = withoutMember(there, "other")
		}
		if !ofServer(m.Name) && !wire.Equal(m.Value, there) {
			return false
		}
	}
	for _, m := range have.Members() {
		value := m.Value
		if strings.EqualFold(m.Name, urnCustom) {
			value = withoutMember(value, "other")
		}
		if !ofServer(m.Name) && isSent(m.Name) && !isEmpty(value) && member(want, m.Name).IsNull() {
			return false
		}
	}
	return true
}

func isEmpty(v wire.Value) bool {
	return v.IsNull() || (v.Kind() == wire.KindArray || v.Kind() == wire.KindObject) && v.Len() == 0
}

// isSent reports whether a push sends the attribute, if the user has it: not one of an
// extension of the server's own.
func isSent(name string) bool {
	return !strings.HasPrefix(strings.ToLower(name), "urn:") || strings.EqualFold(name, urnEnterprise) || strings.EqualFold(name, urnCustom)
}

// merged is want, with the server's own extensions, which a PUT would clear, and
// without custom attributes that are gone here, which it would keep.
func merged(want, have wire.Value) wire.Value {
	body := wire.Object(want.Members()...)
	for _, m := range have.Members() {
		switch {
		case ofServer(m.Name):
		case !isSent(m.Name):
			body.Set(m.Name, m.Value)
		case strings.EqualFold(m.Name, urnCustom) && !body.Has(urnCustom):
			body.Set(urnCustom, wire.Object())
		}
	}
	return body
}

func digest(v wire.Value) string {
	sum := sha256.Sum256(v.JSON())
	return hex.EncodeToString(sum[:16])
}
