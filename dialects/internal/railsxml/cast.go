package railsxml

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// cast reads text by a type attribute. Dates and times stay text, whose many forms are the dialect's to read; an
// unknown type is a string. See dialects/onapp/REFERENCE.md.
func cast(typ, text string) wire.Value {
	switch typ {
	case "integer":
		return wire.Number(leadingInteger(text))
	case "float", "decimal":
		return wire.Number(leadingDecimal(text))
	case "boolean":
		word := strings.TrimSpace(text)
		return wire.Bool(word == "true" || word == "1")
	case "date", "datetime", "dateTime":
		return wire.String(strings.TrimSpace(text))
	case "base64Binary":
		return wire.String(decodeBase64(text))
	}
	return wire.String(text)
}

// leadingInteger is the whole number that text begins with, as JSON writes it; "0" if it begins with none.
// Ruby reads numbers so.
func leadingInteger(text string) string {
	sign, digits := splitSign(strings.TrimSpace(text))
	digits = strings.TrimLeft(digits[:digitsEnd(digits)], "0")
	if digits == "" {
		return "0"
	}
	return sign + digits
}

// leadingDecimal is the number that text begins with, fraction and exponent included.
func leadingDecimal(text string) string {
	text = strings.TrimSpace(text)
	whole := leadingInteger(text)
	_, rest := splitSign(text)
	rest = rest[digitsEnd(rest):]
	if len(rest) > 1 && rest[0] == '.' && digitsEnd(rest[1:]) > 0 {
		end := 1 + digitsEnd(rest[1:])
		if whole == "0" && strings.HasPrefix(text, "-") {
			whole = "-0"
		}
		whole += rest[:end]
		rest = rest[end:]
	}
	return whole + exponent(rest)
}

// exponent is the exponent that text begins with, if any; one no number could have is left out.
func exponent(text string) string {
	if text == "" || (text[0] != 'e' && text[0] != 'E') {
		return ""
	}
	sign, digits := splitSign(text[1:])
	digits = digits[:digitsEnd(digits)]
	if n, err := strconv.Atoi(digits); err != nil || n > 400 {
		return ""
	}
	return "e" + sign + digits
}

func splitSign(text string) (sign, rest string) {
	if strings.HasPrefix(text, "-") {
		return "-", text[1:]
	}
	return "", strings.TrimPrefix(text, "+")
}

func digitsEnd(text string) int {
	end := 0
	for end < len(text) && '0' <= text[end] && text[end] <= '9' {
		end++
	}
	return end
}

// decodeBase64 skips what is not of the alphabet and stops where the text goes wrong, as Ruby does.
func decodeBase64(text string) string {
	clean := strings.Map(func(r rune) rune {
		if r == '+' || r == '/' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, text)
	decoded, _ := base64.RawStdEncoding.DecodeString(clean)
	return strings.ToValidUTF8(string(decoded), "\uFFFD")
}
