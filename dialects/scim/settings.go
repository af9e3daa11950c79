package scim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/scim/internal/schema"
)

// Settings are the dialect's settings, as flags with the prefix "scim-".
type Settings struct {
	BaseURL    string   `name:"base-url" help:"Base URL of every link; default: scheme and host of the request." placeholder:"URL"`
	Attributes []string `help:"Custom attributes that /Schemas declares, such as level:integer,team:string,tags:string[]." placeholder:"NAME:TYPE"`
	MaxScan    int      `default:"50000" help:"Users that a filter without an index can look at; more are refused."`
	Pagination bool     `help:"Describe paging in /ServiceProviderConfig; some clients do not understand that."`
}

// Config returns the settings as a Config. What they do not set, such as the
// Directory, is left zero. It fails for a malformed attribute.
func (s Settings) Config() (Config, error) {
	cfg := Config{BaseURL: s.BaseURL, MaxScan: s.MaxScan, Pagination: s.Pagination}
	for _, text := range s.Attributes {
		a, err := parseAttribute(text)
		if err != nil {
			return cfg, err
		}
		cfg.Attributes = append(cfg.Attributes, a)
	}
	return cfg, nil
}

// parseAttribute reads NAME:TYPE or NAME:TYPE[].
func parseAttribute(text string) (a Attribute, err error) {
	name, kind, _ := strings.Cut(text, ":")
	a = Attribute{Name: name}
	a.Type, a.Multi = strings.CutSuffix(kind, "[]")
	types := []string{"string", "integer", "decimal", "boolean", "dateTime"}
	if !schema.IsName(name) || strings.EqualFold(name, attrOther) || !slices.Contains(types, a.Type) {
		return a, fmt.Errorf("attribute %q: it must be NAME:TYPE, with a type of %s", text, strings.Join(types, ", "))
	}
	return a, nil
}
