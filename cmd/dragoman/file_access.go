package main

import (
	"bytes"
	"os"
	"regexp"
	"runtime"
	"sync"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
	"github.com/dragoman-gateway/dragoman/store"
)

// warnOfReadableFiles logs each file with secrets that other users of this machine
// can read: the store's, where they could not be protected, and a seed with
// passwords or keys.
func (s *server) warnOfReadableFiles() error {
	files, err := store.Files(s.cmd.Store)
	if err != nil {
		return err
	}
	if s.cmd.SealKeyFile != "" {
		files = append(files, s.cmd.SealKeyFile)
	}
	if s.cmd.Seed != "" && s.seed.HoldsSecrets() {
		files = append(files, s.cmd.Seed)
	}
	for _, file := range files {
		if readableByOthers(file) {
			s.log.Warn("other users can read or change a file that holds secrets; chmod it to 600", "file", file)
		}
	}
	return nil
}

// readableByOthers reports whether the file's mode lets users read it who are
// neither its owner nor in its group, or write it who are not its owner. A service
// often reads its settings by its group. Windows has no such modes.
func readableByOthers(path string) bool {
	info, err := os.Stat(path)
	return err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o026 != 0
}

// seededSecret matches a password or a key of a seed.
var seededSecret = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:password|key|token): (\S{8,})`) })

// warnOfPublishedSecrets logs that the seed has a password or a key of the development
// seed, which the documents have too.
func (s *server) warnOfPublishedSecrets() error {
	if s.cmd.Seed == "" {
		return nil
	}
	text, err := os.ReadFile(s.cmd.Seed)
	if err != nil {
		return err
	}
	for _, m := range seededSecret().FindAllStringSubmatch(sandbox.DevelopmentSeed(), -1) {
		if bytes.Contains(text, []byte(m[1])) {
			s.log.Warn("the seed has passwords or keys of the documents, which strangers know; give others", "file", s.cmd.Seed)
			return nil
		}
	}
	return nil
}
