package sqldb

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

func TestMigrationsAreNumberedWithoutAGap(t *testing.T) {
	folders, err := fs.ReadDir(migrations, "migrations")
	if err != nil || len(folders) == 0 {
		t.Fatal(folders, err)
	}
	for _, folder := range folders {
		files, err := fs.ReadDir(migrations, "migrations/"+folder.Name())
		if err != nil {
			t.Fatal(err)
		}
		names := []string{refoldName}
		for _, file := range files {
			names = append(names, file.Name())
		}
		slices.Sort(names)
		for i, name := range names {
			if !strings.HasPrefix(name, fmt.Sprintf("%05d_", i+1)) {
				t.Errorf("%s/%s is not number %d", folder.Name(), name, i+1)
			}
		}
	}
}
