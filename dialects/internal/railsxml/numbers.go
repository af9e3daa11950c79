package railsxml

import (
	"bytes"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// appendDecimal appends decimal text with a point; blank text is zero.
func appendDecimal(dst []byte, v string) []byte {
	if v == "" {
		v = "0"
	}
	dst = append(dst, v...)
	if !strings.Contains(v, ".") {
		dst = append(dst, ".0"...)
	}
	return dst
}

// appendFloat appends f as Ruby prints it: as Python does, but with a point before an exponent too (1.0e+16).
// What neither JSON nor a client can hold (infinities, not a number) becomes zero.
func appendFloat(dst []byte, f float64) []byte {
	from := len(dst)
	dst = wire.AppendPyFloat(dst, f)
	text := dst[from:]
	if text[0] == 'n' {
		return append(dst[:from], "0.0"...)
	}
	e := bytes.IndexByte(text, 'e')
	if e < 0 || bytes.IndexByte(text, '.') >= 0 {
		return dst
	}
	exponent := string(text[e:])
	return append(append(dst[:from+e], ".0"...), exponent...)
}
