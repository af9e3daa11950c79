package gateway

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// seedUser is one user, with the fields of a table. A password is hashed; a hash, of
// any scheme that core/passwd knows, is stored unchanged.
type seedUser struct {
	archive.User
	password string
	line     int
	fields   []seedField
}

// seedField is where a field of a user is.
type seedField struct {
	name string
	line int
}

// lineOf returns the line of the field, or else that of the user.
func (u *seedUser) lineOf(field string) int {
	for _, f := range u.fields {
		if f.name == field {
			return f.line
		}
	}
	return u.line
}

// seedFault is an error in a line of a seed.
type seedFault struct {
	line   int
	reason string
}

// maxFaults is how many errors of a seed are printed.
const maxFaults = 100

// faults returns one error of all, in order of their lines; nil without any.
func (f *Seed) faults(all []seedFault) error {
	slices.SortStableFunc(all, func(a, b seedFault) int { return cmp.Compare(a.line, b.line) })
	var errs []error
	for i, fault := range all {
		if i == maxFaults {
			errs = append(errs, fmt.Errorf("%s: and %d more", f.path, len(all)-i))
			break
		}
		errs = append(errs, fmt.Errorf("%s:%d: %s", f.path, fault.line, fault.reason))
	}
	return errors.Join(errs...)
}

// usersKey is the key of the users in a line of its own, as block style has it.
var usersKey = regexp.MustCompile(`(?m)^users:[ \t]*(#.*)?\r?$`)

// userBlock is the part of a seed that lists users, one after another: it is parsed in
// pieces, since the tree of a large file takes fifty times its size.
type userBlock struct {
	starts []int // of the users, in bytes
	end    int
}

// findUsers finds the block; ok is false if there is none that can be cut, such as one
// with anchors.
func findUsers(text []byte) (b userBlock, ok bool) {
	keys := usersKey.FindAllIndex(text, 2)
	if len(keys) != 1 || bytes.Contains(text, []byte("\n---")) || bytes.Contains(text, []byte("\n...")) {
		return b, false
	}
	at, dash := keys[0][1]+1, ""
	b.end = len(text)
	for at < len(text) {
		line, _, _ := bytes.Cut(text[at:], []byte("\n"))
		content := bytes.TrimLeft(line, " ")
		switch {
		case len(bytes.TrimSpace(line)) == 0 || content[0] == '#':
		case dash == "" && content[0] != '-':
			return b, false
		case dash == "" || bytes.HasPrefix(line, []byte(dash)):
			dash = string(line[:len(line)-len(content)]) + "-"
			b.starts = append(b.starts, at)
		case len(content) == len(line):
			b.end = at
			return b, b.plain(text)
		}
		at += len(line) + 1
	}
	return b, b.plain(text)
}

// plain reports whether no user refers to another.
func (b userBlock) plain(text []byte) bool {
	if len(b.starts) == 0 {
		return false
	}
	block := text[b.starts[0]:b.end]
	return !bytes.Contains(block, []byte(" &")) && !bytes.Contains(block, []byte(" *"))
}

// without returns the text with blank lines instead of the users.
func (b userBlock) without(text []byte) []byte {
	key := usersKey.FindIndex(text)
	blank := bytes.Repeat([]byte("\n"), bytes.Count(text[key[0]:b.end], []byte("\n")))
	return slices.Concat(text[:key[0]], blank, text[b.end:])
}

// usersAtOnce is how many users are parsed together.
const usersAtOnce = 200

// parseUsers parses the users of the block. Errors are added to those of the seed.
func (f *Seed) parseUsers(b userBlock) (found []seedFault) {
	line := 1 + bytes.Count(f.text[:b.starts[0]], []byte("\n"))
	for first := 0; first < len(b.starts); first += usersAtOnce {
		end := b.end
		if next := first + usersAtOnce; next < len(b.starts) {
			end = b.starts[next]
		}
		text := f.text[b.starts[first]:end]
		found = append(found, f.parsePiece(text, line)...)
		line += bytes.Count(text, []byte("\n"))
	}
	return found
}

func (f *Seed) parsePiece(text []byte, line int) []seedFault {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		at, reason := yamlFault(err)
		return []seedFault{{line + max(at, 1) - 1, reason}}
	}
	var found []seedFault
	for _, doc := range file.Docs {
		list, ok := doc.Body.(*ast.SequenceNode)
		if !ok {
			return []seedFault{{line, "users are a list"}}
		}
		found = append(found, f.addUsers(list, nil, line-1)...)
	}
	return found
}

// yamlFault returns the line and the reason of an error, without the source.
func yamlFault(err error) (int, string) {
	if e, ok := err.(yaml.Error); ok && e.GetToken() != nil {
		return e.GetToken().Position.Line, e.GetMessage()
	}
	return 0, err.Error()
}

// addUsers adds the users of a list, whose lines are counted from the one after before.
func (f *Seed) addUsers(list *ast.SequenceNode, anchors map[string]ast.Node, before int) (found []seedFault) {
	for i, node := range list.Values {
		line := node.GetToken().Position.Line
		if i < len(list.Entries) && list.Entries[i] != nil && list.Entries[i].Start != nil {
			line = list.Entries[i].Start.Position.Line
		}
		d := userDecoder{seedUser: seedUser{line: before + line}, anchors: anchors, before: before}
		d.decode(node)
		found = append(found, d.found...)
		f.users = append(f.users, d.seedUser)
	}
	return found
}

// checkUser finds the errors of a user that need no store.
func checkUser(u *seedUser, realms map[core.Realm]bool) (key, reason string) {
	switch {
	case u.Username == "":
		return "username", "a user needs a username"
	case !realms[u.Realm]:
		return "realm", fmt.Sprintf("the realm %q is not listed under realms", u.Realm)
	case u.password != "" && u.PasswordHash != "":
		return "password_hash", "a user has a password or a password_hash, not both"
	case u.PasswordHash != "" && !passwd.Known(u.PasswordHash):
		return "password_hash", "unknown password hash scheme"
	}
	return "", ""
}

// parseWhole parses users that cannot be cut from the rest.
func (f *Seed) parseWhole() ([]seedFault, error) {
	file, err := parser.ParseBytes(f.text, 0)
	if err != nil {
		return nil, YAMLError(f.path, err)
	}
	anchors := anchorFinder{}
	for _, doc := range file.Docs {
		ast.Walk(anchors, doc.Body)
	}
	path, err := yaml.PathString("$.users")
	if err != nil {
		return nil, err
	}
	node, err := path.FilterFile(file)
	if err != nil {
		return nil, YAMLError(f.path, err)
	}
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		return []seedFault{{node.GetToken().Position.Line, "users are a list"}}, nil
	}
	return f.addUsers(list, anchors, 0), nil
}

// anchorFinder collects what has an anchor, by name.
type anchorFinder map[string]ast.Node

// Visit implements ast.Visitor.
func (v anchorFinder) Visit(n ast.Node) ast.Visitor {
	if a, ok := n.(*ast.AnchorNode); ok {
		v[a.Name.GetToken().Value] = a.Value
	}
	return v
}
