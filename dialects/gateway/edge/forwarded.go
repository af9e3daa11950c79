package edge

import "strings"

// forwarded is what one proxy says in the header Forwarded of RFC 7239.
type forwarded struct{ client, host, proto string }

// parseForwarded reads the values of the header, the nearest proxy last. What is not
// understood is left out.
func parseForwarded(values []string) (all []forwarded) {
	for _, element := range splitQuoted(strings.Join(values, ","), ',') {
		var f forwarded
		for _, pair := range splitQuoted(element, ';') {
			name, value, _ := strings.Cut(pair, "=")
			value = unquote(strings.TrimSpace(value))
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "for":
				f.client = value
			case "host":
				f.host = value
			case "proto":
				f.proto = value
			}
		}
		all = append(all, f)
	}
	return all
}

// splitQuoted splits text where the separator is not within quotes.
func splitQuoted(text string, separator byte) (parts []string) {
	start, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			parts, start = append(parts, text[start:i]), i+1
		}
	}
	return append(parts, text[start:])
}

func unquote(value string) string {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return value
	}
	var b strings.Builder
	for i := 1; i < len(value)-1; i++ {
		if value[i] == '\\' && i+1 < len(value)-1 {
			i++
		}
		b.WriteByte(value[i])
	}
	return b.String()
}
