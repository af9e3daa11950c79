package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAReadableSeedIsWarnedOf(t *testing.T) {
	for mode, want := range map[os.FileMode]int{0o600: 0, 0o640: 0, 0o644: 1, 0o660: 1} {
		dir := t.TempDir()
		seed := filepath.Join(dir, "seed.yaml")
		if err := os.WriteFile(seed, []byte(devSeed), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(seed, mode); err != nil {
			t.Fatal(err)
		}
		g := start(t, append([]string{"--store", "sqlite:" + filepath.Join(dir, "store.db"), "--seed", seed}, cheap...)...)
		if got := strings.Count(g.log.String(), "other users can read or change"); got != want {
			t.Errorf("mode %o: %d warnings, want %d:\n%s", mode, got, want, g.log)
		}
	}
}
