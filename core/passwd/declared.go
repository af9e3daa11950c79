package passwd

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/scanner"
)

// Layout is a home-made form of hash, as an operator declares it:
//
//	hex(sha1(salt . password))
//	base64(sha256(password . pepper . "--" . salt, 1000))
//	hex(md5(hex(md5(password)) . salt))
//
// The digests are md5, sha1, sha256, sha384 and sha512. A number is how often one is
// applied, each time but the first to its own bytes. A dot joins.
type Layout struct {
	text string
	top  layoutPart
}

// layoutPart appends what one part of a layout stands for.
type layoutPart interface {
	appendTo(b []byte, in *layoutInput) []byte
}

type layoutInput struct{ password, salt, pepper string }

const (
	maxLayout       = 200       // bytes
	maxLayoutDepth  = 8         // functions in each other
	maxLayoutRounds = 1_000_000 // of all digests
)

// ParseLayout parses a declared layout. Its outermost function is hex or base64.
func ParseLayout(text string) (*Layout, error) {
	if len(text) > maxLayout {
		return nil, fmt.Errorf("passwd: a hash layout has at most %d bytes", maxLayout)
	}
	p := &layoutParser{}
	p.in.Init(strings.NewReader(text))
	p.in.Mode = scanner.ScanIdents | scanner.ScanInts | scanner.ScanStrings
	p.in.Error = func(_ *scanner.Scanner, message string) { p.fail("%s", message) }
	p.next()
	top := p.function(0)
	if !encodesDigest(top) {
		p.fail("the outermost function is hex or base64, of one digest")
	}
	if p.token != scanner.EOF {
		p.fail("%q is too much", p.in.TokenText())
	}
	if p.err == nil && !p.password {
		p.fail("the password is not part of it")
	}
	if p.err != nil {
		return nil, fmt.Errorf("passwd: hash layout %q: %w", text, p.err)
	}
	return &Layout{strings.TrimSpace(text), top}, nil
}

// encodesDigest reports whether all results have the same length.
func encodesDigest(top layoutPart) bool {
	encoded, ok := top.(encodedPart)
	if !ok || len(encoded.inner) != 1 {
		return false
	}
	_, ok = encoded.inner[0].(digestPart)
	return ok
}

// layoutParser reads a layout. Its first error stays.
type layoutParser struct {
	in       scanner.Scanner
	token    rune
	err      error
	rounds   int
	password bool // was used
}

func (p *layoutParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

func (p *layoutParser) next() { p.token = p.in.Scan() }

func (p *layoutParser) expect(token rune) {
	if p.token != token {
		p.fail("%q is expected, not %q", string(token), p.in.TokenText())
	}
	p.next()
}

// function reads a function, a name or a text.
func (p *layoutParser) function(depth int) layoutPart {
	name, token := p.in.TokenText(), p.token
	p.next()
	switch {
	case depth > maxLayoutDepth || p.err != nil:
		p.fail("more than %d functions are in each other", maxLayoutDepth)
		return textPart("")
	case token == scanner.String:
		text, err := strconv.Unquote(name)
		if err != nil {
			p.fail("%s is not a text", name)
		}
		return textPart(text)
	case name == "password" || name == "salt" || name == "pepper":
		p.password = p.password || name == "password"
		return namePart(name)
	}
	p.expect('(')
	inner := p.joined(depth + 1)
	rounds := 1
	if p.token == ',' {
		p.next()
		var ok bool
		if rounds, ok = parseCount(p.in.TokenText(), maxLayoutRounds); !ok || rounds < 1 {
			p.fail("a digest is applied from 1 to %d times", maxLayoutRounds)
		}
		p.next()
	}
	p.expect(')')
	return p.apply(name, inner, rounds)
}

func (p *layoutParser) apply(name string, inner joinedPart, rounds int) layoutPart {
	if digest := digests[name]; digest != nil {
		if p.rounds += rounds; p.rounds > maxLayoutRounds {
			p.fail("digests are applied at most %d times", maxLayoutRounds)
		}
		return digestPart{digest, inner, rounds}
	}
	if name != "hex" && name != "base64" || rounds != 1 {
		p.fail("%q is not one of hex, base64, md5, sha1, sha256, sha384, sha512, password, salt and pepper", name)
	}
	return encodedPart{name, inner}
}

// joined reads parts with dots between them.
func (p *layoutParser) joined(depth int) joinedPart {
	parts := joinedPart{p.function(depth)}
	for p.token == '.' && p.err == nil {
		p.next()
		parts = append(parts, p.function(depth))
	}
	return parts
}

type textPart string

func (t textPart) appendTo(b []byte, _ *layoutInput) []byte { return append(b, t...) }

type namePart string

func (n namePart) appendTo(b []byte, in *layoutInput) []byte {
	switch n {
	case "password":
		return append(b, in.password...)
	case "salt":
		return append(b, in.salt...)
	}
	return append(b, in.pepper...)
}

type joinedPart []layoutPart

func (j joinedPart) appendTo(b []byte, in *layoutInput) []byte {
	for _, part := range j {
		b = part.appendTo(b, in)
	}
	return b
}

// digests append the digest of some bytes.
var digests = map[string]func(b, data []byte) []byte{
	"md5":    func(b, data []byte) []byte { sum := md5.Sum(data); return append(b, sum[:]...) },
	"sha1":   func(b, data []byte) []byte { sum := sha1.Sum(data); return append(b, sum[:]...) },
	"sha256": func(b, data []byte) []byte { sum := sha256.Sum256(data); return append(b, sum[:]...) },
	"sha384": func(b, data []byte) []byte { sum := sha512.Sum384(data); return append(b, sum[:]...) },
	"sha512": func(b, data []byte) []byte { sum := sha512.Sum512(data); return append(b, sum[:]...) },
}

type digestPart struct {
	sum    func(b, data []byte) []byte
	inner  joinedPart
	rounds int
}

func (d digestPart) appendTo(b []byte, in *layoutInput) []byte {
	data := d.inner.appendTo(nil, in)
	for range d.rounds {
		data = d.sum(data[:0], data)
	}
	return append(b, data...)
}

type encodedPart struct {
	name  string
	inner joinedPart
}

func (e encodedPart) appendTo(b []byte, in *layoutInput) []byte {
	data := e.inner.appendTo(nil, in)
	if e.name == "hex" {
		return hex.AppendEncode(b, data)
	}
	return base64.StdEncoding.AppendEncode(b, data)
}

// errLength says that a text cannot be a hash of the layout.
var errLength = errors.New("passwd: the hash has not the length of its layout")

// Encode joins the layout with a user's hash and salt, and with the pepper of all, into
// one encoded hash. It fails if the hash is not one of the layout.
func (l *Layout) Encode(hash, salt, pepper string) (string, error) {
	got := l.top.appendTo(nil, &layoutInput{})
	if len(got) != len(hash) {
		return "", errLength
	}
	if l.top.(encodedPart).name == "hex" {
		hash = strings.ToLower(hash)
	}
	url := base64.RawURLEncoding.EncodeToString
	return strings.Join([]string{"layout", url([]byte(l.text)), url([]byte(salt)), url([]byte(pepper)), hash}, "$"), nil
}

// declaredHash is "layout$layout$salt$pepper$hash", all but the last in base64.
type declaredHash struct {
	layout *Layout
	in     layoutInput
	hash   string
}

func (h *declaredHash) matches(plain string) bool {
	in := h.in
	in.password = plain
	return subtle.ConstantTimeCompare(h.layout.top.appendTo(nil, &in), []byte(h.hash)) == 1
}

func parseDeclared(rest string) (Scheme, checker) {
	part := strings.Split(rest, "$")
	if len(part) != 4 {
		return Unknown, nil
	}
	var texts [3]string
	for i := range texts {
		text, err := base64.RawURLEncoding.Strict().DecodeString(part[i])
		if err != nil {
			return Unknown, nil
		}
		texts[i] = string(text)
	}
	layout, err := ParseLayout(texts[0])
	if err != nil || len(part[3]) < minImportedDigest || strings.ContainsAny(part[3], " \n") {
		return Unknown, nil
	}
	return Declared, &declaredHash{layout, layoutInput{salt: texts[1], pepper: texts[2]}, part[3]}
}

// EncodePeppered joins a bcrypt hash with the pepper that its program added behind each
// password, as Devise does, into one encoded hash.
func EncodePeppered(hash, pepper string) string {
	return "peppered$" + base64.RawURLEncoding.EncodeToString([]byte(pepper)) + "$" + strings.TrimPrefix(hash, "$")
}

// pepperedHash is "peppered$pepper$2a$...".
type pepperedHash struct {
	bcryptHash
	pepper string
}

func (h pepperedHash) matches(plain string) bool { return h.bcryptHash.matches(plain + h.pepper) }

func parsePeppered(rest string) (Scheme, checker) {
	encoded, hash, _ := strings.Cut(rest, "$")
	pepper, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || len(pepper) == 0 || !validBcrypt("$"+hash) {
		return Unknown, nil
	}
	return PepperedBcrypt, pepperedHash{bcryptHash("$" + hash), string(pepper)}
}
