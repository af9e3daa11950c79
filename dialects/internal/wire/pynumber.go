package wire

import (
	"math"
	"strconv"
	"strings"
)

// AppendPyFloat appends f as Python's repr prints it: the shortest digits that read back as f, with a point always,
// with an exponent below 1e-04 and from 1e+16 on. What JSON cannot hold (infinities, not a number) becomes null.
func AppendPyFloat(dst []byte, f float64) []byte {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return append(dst, "null"...)
	}
	if size := math.Abs(f); size != 0 && (size < 1e-4 || size >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	from := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[from:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// appendPyNumber appends a JSON number's text as Python would print it after reading it: whole numbers stay as long
// as they are, others go through a float. A number beyond a float's range keeps its text.
func appendPyNumber(dst []byte, raw string) []byte {
	if !strings.ContainsAny(raw, ".eE") {
		if raw == "-0" {
			return append(dst, '0')
		}
		return append(dst, raw...)
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return append(dst, raw...)
	}
	return AppendPyFloat(dst, f)
}
