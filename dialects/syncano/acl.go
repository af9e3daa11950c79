package syncano

import "github.com/dragoman-gateway/dragoman/dialects/internal/wire"

// acl is v2's list of who may do what with an object.
type acl struct{ text string }

func (a *acl) json() string { return a.text }

func (k *call) readACLMember(in wire.Value, p *problems) *acl { return nil }

func (k *call) writeACLMember(o *dataObject) {}

type keyVisibility bool

const userKeyShown keyVisibility = true

func (k *call) writeFlatUser(p *person, v keyVisibility) {}
