package operator

import (
	"context"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
)

// Mapped names the realm of mappings.
type Mapped struct {
	Realm core.Realm `default:"main" help:"Realm of the users."`
}

// ListMappings shows which attributes and fields are one and the same.
type ListMappings struct {
	Mapped `embed:""`
}

// Do lists the mappings.
func (o *ListMappings) Do(ctx context.Context, s *Store) (r Result, err error) {
	data := map[string]core.MappedField{}
	err = s.Directory.View(ctx, func(tx *core.Tx) error {
		list, err := core.Mappings(tx, o.Realm)
		for _, m := range list {
			data[m.Attribute] = m.Field
			r.Lines = append(r.Lines, fmt.Sprintf("%s  %s", m.Attribute, m.Field))
		}
		return err
	})
	r.Data = data
	return r, err
}

// AddMapping makes an attribute and a field of all users of a realm one and the same.
type AddMapping struct {
	Mapped    `embed:""`
	Attribute string           `arg:"" help:"Name of the attribute: a Syncano profile field, an OnApp additional field, a member of eContext's custom_data."`
	Field     core.MappedField `arg:"" help:"email, name, given_name or family_name."`
}

// Do adds the mapping.
func (o *AddMapping) Do(ctx context.Context, s *Store) (Result, error) {
	err := s.update(ctx, func(tx *core.Tx) error {
		return core.AddMapping(tx, o.Realm, core.Mapping{Attribute: o.Attribute, Field: o.Field})
	})
	return Result{Lines: []string{fmt.Sprintf("%s is %s", o.Attribute, o.Field)}}, err
}

// RemoveMapping ends a mapping. Users keep both values.
type RemoveMapping struct {
	Mapped    `embed:""`
	Attribute string `arg:"" help:"Name of the attribute."`
}

// Do removes the mapping.
func (o *RemoveMapping) Do(ctx context.Context, s *Store) (Result, error) {
	err := s.update(ctx, func(tx *core.Tx) error { return core.RemoveMapping(tx, o.Realm, o.Attribute) })
	return Result{Lines: []string{o.Attribute + " is only an attribute now"}}, err
}
