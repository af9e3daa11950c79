package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// acl is v2's list of who may do what with an object.
type acl struct{ text string }

func (a *acl) json() string { return a.text }

func (k *call) readACLMember(in wire.Value, p *problems) *acl { return nil }

func (k *call) writeACLMember(o *dataObject) {}

type keyVisibility bool

const userKeyShown keyVisibility = true

func (k *call) writeFlatUser(p *person, v keyVisibility) {}

const aclGroups = "groups"

func (k *call) endpointAllows(endpoint, action string) bool { return true }

func (k *call) writeShortGroup(g *core.Group) { k.writeGroup(g) }

func (k *call) writeShortUser(p *person) { k.writeUser(p) }

const endpointACLKind = "syncano.endpoint_acl"

func (r *rights) ofACL(o *dataObject) right { return rightNone }

func userQueryFields() []queryField { return nil }
