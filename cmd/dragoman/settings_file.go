package main

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// parseSettings parses a YAML file whose keys are flag names. A key may be split
// at a dash, to group settings:
//
//	econtext:
//	  profile: v2
//
// is the same as "econtext-profile: v2" and "econtext.profile: v2".
func parseSettings(path string, text []byte) (settingsFile, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, gateway.YAMLError(path, err)
	}
	values := settingsFile{}
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

// collect adds the values of node under name, its path so far.
func (f settingsFile) collect(name string, node ast.Node) error {
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

func (f settingsFile) collectPair(name string, pair *ast.MappingValueNode) error {
	key := strings.ReplaceAll(scalar(pair.Key), ".", "-")
	if name != "" {
		key = name + "-" + key
	}
	return f.collect(key, pair.Value)
}

func (f settingsFile) set(name, text string, line int) error {
	if name == "" {
		return fmt.Errorf("%d: expected pairs of a setting and its value", line)
	}
	if old, twice := f[name]; twice {
		return fmt.Errorf("%d: %q is already set in line %d", line, name, old.line)
	}
	f[name] = fileValue{text, line}
	return nil
}

func scalar(node ast.Node) string {
	if s, ok := node.(*ast.StringNode); ok {
		return s.Value
	}
	return node.GetToken().Value
}
