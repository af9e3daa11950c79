package econtext

import (
	"cmp"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Names of the members of a stored document. Those that the vendor shows have
// the vendor's names.
const (
	memberName        = "name" // of API keys; other objects have it in the core
	memberDescription = "description"
	memberStatus      = "status" // absent: ENABLED
	memberCustomData  = "custom_data"
	memberParameters  = "parameters" // of applications
	memberJWTSecret   = "jwt_secret" // of applications
	memberSecret      = "secret"     // of API keys: a bcrypt hash
)

// document is the decoded body of an application, a group, an organization or
// an API key. What is only shown is kept as JSON text.
type document struct {
	value       wire.Value
	status      string
	name        string // JSON text; of API keys
	description string // JSON text
	customData  string // JSON text, "null" if there is none
	data        string // JSON text: custom_data as a list of pairs
	parameters  string // JSON text
	jwtSecret   string
	secret      string
}

func documentOf(body *core.Document) (*document, error) { return core.Decoded(body, decodeDocument) }

func decodeDocument(text []byte) (*document, error) {
	if len(text) == 0 {
		return emptyDocument, nil
	}
	v, err := wire.ParseJSONWith(text, storedLimits, wire.KeepSurrogates)
	if err != nil {
		return nil, err
	}
	return newDocument(v), nil
}

// emptyDocument is the start of each new one. It never changes.
var emptyDocument = newDocument(wire.Object())

func newDocument(v wire.Value) *document {
	asText := func(v wire.Value) string { return string(wire.AppendJSON(nil, v, wire.Python())) }
	custom := member(v, memberCustomData)
	return &document{
		value:       v,
		status:      cmp.Or(member(v, memberStatus).Text(), statusEnabled),
		name:        asText(member(v, memberName)),
		description: asText(member(v, memberDescription)),
		customData:  asText(custom),
		data:        asText(pairs(custom.Members())),
		parameters:  asText(member(v, memberParameters)),
		jwtSecret:   member(v, memberJWTSecret).Text(),
		secret:      member(v, memberSecret).Text(),
	}
}

// storedLimits are above those of any request.
var storedLimits = wire.Limits{Depth: 10_000, Values: 1 << 24}

// member returns an object's member; null if it is absent.
func member(v wire.Value, name string) wire.Value {
	m, _ := v.Get(name)
	return m
}

// with returns the document with some members replaced, ready to be stored. Unknown members stay.
func (x *document) with(changes ...wire.Member) *core.Document {
	v := wire.Object(append(x.value.Members()[:len(x.value.Members()):len(x.value.Members())], changes...)...)
	return core.NewDocument(v.JSON())
}

// pairs shows an object's members as the vendor's "data".
func pairs(members []wire.Member) wire.Value {
	list := wire.Array()
	for _, m := range members {
		list.Append(wire.Object(
			wire.Member{Name: "key", Value: wire.String(m.Name)},
			wire.Member{Name: "value", Value: m.Value},
		))
	}
	return list
}
