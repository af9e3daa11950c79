package railsxml

import (
	"bytes"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// scan passes once over a document and refuses what must not reach the tree builder: directives, too much depth,
// too many pieces of markup, anything but blanks, comments and processing instructions outside the one root. What it
// lets pass may still be malformed (tags that do not match, say); the tree builder sees to that. It returns the
// document from start on, with the repairs that the tree builder needs, and allocates only for those.
func scan(data []byte, start int, limits wire.Limits) ([]byte, error) {
	s := scanner{data: data, pos: start, limits: limits, repairs: repairs{copied: start}}
	for s.pos < len(data) {
		if err := s.step(); err != nil {
			return nil, &Error{s.pos, err}
		}
	}
	if s.depth != 0 || !s.rooted {
		return nil, &Error{s.pos, ErrMalformed}
	}
	return s.repairs.apply(data, start), nil
}

type scanner struct {
	data    []byte
	pos     int
	depth   int
	count   int  // pieces of markup so far: start tags, attributes, comments and the like
	rooted  bool // the root has begun
	limits  wire.Limits
	repairs repairs
}

// step passes over one run of text or one piece of markup.
func (s *scanner) step() error {
	rest := s.data[s.pos:]
	switch {
	case rest[0] != '<':
		return s.characters(rest)
	case hasPrefix(rest, "</"):
		return s.endTag(rest)
	}
	if s.count++; s.count > s.limits.Values {
		return wire.ErrTooMany
	}
	switch {
	case hasPrefix(rest, "<!--"):
		return s.skip(rest, 4, "-->")
	case hasPrefix(rest, "<![CDATA["):
		if s.depth == 0 {
			return ErrMalformed
		}
		return s.skip(rest, 9, "]]>")
	case hasPrefix(rest, "<!"):
		return ErrDirective
	case hasPrefix(rest, "<?"):
		return s.instruction(rest)
	}
	return s.startTag(rest)
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

// skip passes over markup up to its closing text.
func (s *scanner) skip(rest []byte, from int, closing string) error {
	end := bytes.Index(rest[from:], []byte(closing))
	if end < 0 {
		return ErrMalformed
	}
	s.pos += from + end + len(closing)
	return nil
}

func (s *scanner) characters(rest []byte) error {
	if end := bytes.IndexByte(rest, '<'); end >= 0 {
		rest = rest[:end]
	}
	if s.depth == 0 && len(bytes.Trim(rest, " \t\r\n")) > 0 {
		return ErrMalformed
	}
	if err := s.checkText(s.pos, s.pos+len(rest)); err != nil {
		return err
	}
	s.pos += len(rest)
	return nil
}

// instruction passes over <?...?>, which may not be a second XML declaration.
func (s *scanner) instruction(rest []byte) error {
	if isDeclaration(rest[2:]) {
		return ErrMalformed
	}
	return s.skip(rest, 2, "?>")
}

func (s *scanner) endTag(rest []byte) error {
	if s.depth == 0 {
		return ErrMalformed
	}
	s.depth--
	return s.skip(rest, 2, ">")
}

func (s *scanner) startTag(rest []byte) error {
	if s.depth == 0 && s.rooted {
		return ErrMalformed
	}
	s.rooted = true
	end, err := s.tagEnd(rest)
	if err != nil {
		return err
	}
	if s.depth == s.limits.Depth {
		return wire.ErrTooDeep
	}
	if rest[end-1] != '/' {
		s.depth++
	}
	s.pos += end + 1
	return nil
}

// tagEnd is the place of a start tag's closing bracket. It counts the attributes and checks their values.
func (s *scanner) tagEnd(rest []byte) (int, error) {
	for i := 1; i < len(rest); i++ {
		if s.count > s.limits.Values {
			return 0, wire.ErrTooMany
		}
		switch c := rest[i]; c {
		case '>':
			return i, nil
		case '<':
			return 0, ErrMalformed
		case '"', '\'':
			end := bytes.IndexByte(rest[i+1:], c)
			if end < 0 {
				return 0, ErrMalformed
			}
			if err := s.checkText(s.pos+i+1, s.pos+i+1+end); err != nil {
				return 0, err
			}
			s.count++
			i += end + 1
		}
	}
	return 0, ErrMalformed
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
