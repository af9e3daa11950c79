package main

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// parseConfig reads a YAML file whose keys are flag names. A key may be split
// where its name has a dash, so that settings of a kind stand together:
//
//	econtext:
//	  profile: v2
//
// says what "econtext-profile: v2" and "econtext.profile: v2" say.
func parseConfig(path string, text []byte) (configFile, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, yamlError(path, err)
	}
	values := configFile{}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if err := values.collect("", doc.Body); err != nil {
			return nil, fmt.Errorf("%s:%w", path, err)
		}
	}
	return values, nil
}

// collect puts what node says under name, its path so far.
func (f configFile) collect(name string, node ast.Node) error {
	line := node.GetToken().Position.Line
	switch n := node.(type) {
	case *ast.MappingNode:
		for _, value := range n.Values {
			if err := f.collectPair(name, value); err != nil {
				return err
			}
		}
		return nil
	case *ast.MappingValueNode:
		return f.collectPair(name, n)
	case *ast.SequenceNode:
		var items []string
		for _, item := range n.Values {
			items = append(items, scalar(item))
		}
		return f.set(name, strings.Join(items, ","), line)
	case *ast.NullNode:
		return nil
	}
	return f.set(name, scalar(node), line)
}

func (f configFile) collectPair(name string, pair *ast.MappingValueNode) error {
	key := strings.ReplaceAll(scalar(pair.Key), ".", "-")
	if name != "" {
		key = name + "-" + key
	}
	return f.collect(key, pair.Value)
}

func (f configFile) set(name, text string, line int) error {
	if name == "" {
		return fmt.Errorf("%d: settings are pairs of a name and a value", line)
	}
	if old, twice := f[name]; twice {
		return fmt.Errorf("%d: %q is set in line %d already", line, name, old.line)
	}
	f[name] = configValue{text, line}
	return nil
}

func scalar(node ast.Node) string {
	if s, ok := node.(*ast.StringNode); ok {
		return s.Value
	}
	return node.GetToken().Value
}

// yamlError is one line with the place, without the quoted source that the
// library would add: there are passwords in it.
func yamlError(path string, err error) error {
	if e, ok := err.(yaml.Error); ok && e.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", path, e.GetToken().Position.Line, e.GetMessage())
	}
	return fmt.Errorf("%s: %w", path, err)
}
