package upload

import (
	"path"
	"regexp"
	"strings"
	"sync"
)

var fileName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{40}(\.[a-z0-9]{1,16})?$`) })

// IsName reports whether a stored value can be the name of a file.
func IsName(name string) bool { return fileName().MatchString(name) }

// maxExtension is the longest extension of a file's name, in characters.
const maxExtension = 16

var plainExtension = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\.[a-z0-9]+$`) })

// NewName makes a name of 40 random hexadecimal digits and, if it is plain letters
// and digits, the extension of the client's name. fault is the message about an
// extension that is too long.
func NewName(random, clientName string) (name, fault string) {
	extension := strings.ToLower(path.Ext(clientName))
	if len(extension) > maxExtension+1 {
		return "", "File provided has too long extension. Max 16 characters."
	}
	if !plainExtension().MatchString(extension) {
		extension = ""
	}
	return random + extension, ""
}
