package upstream

import (
	"context"
	"net/http"
	"slices"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Bounds of one PATCH: members that join in one operation, and operations that each
// remove one.
const (
	membersOfPatch    = 500
	operationsOfPatch = 100
)

// group sends one group. Its members at the server become those here.
func (p *push) group(ctx context.Context, _ int64, v wire.Value) (Outcome, error) {
	o := Outcome{Type: typeGroup, ID: textOf(v, "id"), Name: textOf(v, "displayName")}
	want := wire.Object(
		wire.Member{Name: "schemas", Value: wire.Array(wire.String(urnGroup))},
		wire.Member{Name: "externalId", Value: wire.String(o.ID)},
		wire.Member{Name: "displayName", Value: wire.String(o.Name)},
	)
	members := p.membersThere(v)
	sum := digest(wire.Array(want, members))
	known := p.known(&o)
	if known.Sum == sum {
		o.Verdict = Unchanged
		return o, nil
	}
	have, err := p.find(ctx, typeGroup, known.Remote, "displayName", want)
	if err != nil {
		return o, err
	}
	if have.IsNull() {
		if have, o.Verdict, err = p.create(ctx, typeGroup, "displayName", want); err != nil {
			return o, err
		}
	} else if have, err = p.whole(ctx, have); err != nil {
		return o, err
	}
	patches := p.groupPatches(want, have, members)
	if o.Verdict == "" {
		o.Verdict = Unchanged
		if len(patches) > 0 {
			o.Verdict = Updated
		}
	}
	for _, patch := range patches {
		if p.opts.DryRun {
			break
		}
		if _, err := p.ask(ctx, http.MethodPatch, pathOf(typeGroup, textOf(have, "id")), nil, &patch); err != nil {
			return o, err
		}
	}
	return o, p.done(&o, textOf(have, "id"), sum)
}

// membersThere are the ids that the group's members have at the server. Members whom the
// server refused are left out.
func (p *push) membersThere(group wire.Value) wire.Value {
	ids := wire.Array()
	for _, m := range member(group, "members").Items() {
		if id := p.users[textOf(m, "value")]; id != "" {
			ids.Append(wire.String(id))
		}
	}
	return ids
}

// whole returns a group with its members, which a list may not show.
func (p *push) whole(ctx context.Context, have wire.Value) (wire.Value, error) {
	if !member(have, "members").IsNull() {
		return have, nil
	}
	return p.ask(ctx, http.MethodGet, pathOf(typeGroup, textOf(have, "id")), nil, nil)
}

// groupPatches are the requests that make the group of the server what is wanted.
func (p *push) groupPatches(want, have, members wire.Value) (patches []wire.Value) {
	names, operations := wire.Object(), []wire.Value(nil)
	for _, name := range []string{"displayName", "externalId"} {
		if textOf(want, name) != textOf(have, name) {
			names.Set(name, member(want, name))
		}
	}
	if names.Len() > 0 {
		operations = append(operations, operation("replace", "", names))
	}
	there, before := member(have, "members").Items(), map[string]bool{}
	for _, m := range there {
		before[textOf(m, "value")] = true
	}
	var join []wire.Value
	for _, id := range members.Items() {
		if !before[id.Text()] {
			join = append(join, wire.Object(wire.Member{Name: "value", Value: id}))
		}
		delete(before, id.Text())
	}
	for _, m := range there {
		if id := textOf(m, "value"); before[id] {
			operations = append(operations, operation("remove", "members[value eq "+string(wire.String(id).JSON())+"]", wire.Value{}))
		}
	}
	if len(join) > 0 && len(join) <= membersOfPatch { // small changes are one request
		operations, join = append(operations, operation("add", "members", wire.Array(join...))), nil
	}
	for part := range slices.Chunk(operations, p.operations()) {
		patches = append(patches, patchOf(part...))
	}
	for part := range slices.Chunk(join, membersOfPatch) {
		patches = append(patches, patchOf(operation("add", "members", wire.Array(part...))))
	}
	return patches
}

func (p *push) operations() int {
	if p.features.operations > 0 {
		return min(p.features.operations, operationsOfPatch)
	}
	return operationsOfPatch
}

// operation is one of a PATCH; a null value is left out.
func operation(op, path string, value wire.Value) wire.Value {
	v := wire.Object(wire.Member{Name: "op", Value: wire.String(op)})
	if path != "" {
		v.Set("path", wire.String(path))
	}
	if !value.IsNull() {
		v.Set("value", value)
	}
	return v
}

func patchOf(operations ...wire.Value) wire.Value {
	return wire.Object(
		wire.Member{Name: "schemas", Value: wire.Array(wire.String("urn:ietf:params:scim:api:messages:2.0:PatchOp"))},
		wire.Member{Name: "Operations", Value: wire.Array(operations...)},
	)
}
