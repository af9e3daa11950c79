package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

// mapOption maps attributes of users to fields.
type mapOption struct {
	Map []mapping `help:"Make an attribute and a field of all users of a realm one and the same, as 'dragoman mapping add' does: ATTRIBUTE=FIELD in the realm main, or REALM:ATTRIBUTE=FIELD. Fields are email, name, given_name and family_name." placeholder:"MAPPING"`
}

// mapping is a mapping in the form of a flag.
type mapping struct {
	realm core.Realm
	core.Mapping
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *mapping) UnmarshalText(text []byte) error {
	at := strings.LastIndexByte(string(text), '=')
	if at < 0 {
		return fmt.Errorf("%q is not a mapping such as mail=email", text)
	}
	m.realm, m.Attribute, m.Field = core.MainRealm, string(text[:at]), core.MappedField(text[at+1:])
	if realm, attribute, ok := strings.Cut(m.Attribute, ":"); ok {
		m.realm, m.Attribute = core.Realm(realm), attribute
	}
	return nil
}

// String returns the form of the flag.
func (m mapping) String() string { return fmt.Sprintf("%s:%s=%s", m.realm, m.Attribute, m.Field) }

// addMappings adds those mappings that are not there.
func (o *mapOption) addMappings(tx *core.Tx) error {
	for _, m := range o.Map {
		if err := core.AddMapping(tx, m.realm, m.Mapping); err != nil {
			return fmt.Errorf("--map %s: %w", m, err)
		}
	}
	return nil
}

func (s *server) addMappings(ctx context.Context) error {
	if len(s.cmd.Map) == 0 {
		return nil
	}
	err := s.gateway.Directory().Update(ctx, core.Operator(), s.cmd.addMappings)
	if core.KindOf(err) == core.Conflict {
		return exitError{exitUsage, err}
	}
	return err
}
