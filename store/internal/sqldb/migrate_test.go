package sqldb

import (
	"fmt"
	"io/fs"
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
		for i, file := range files {
			if !strings.HasPrefix(file.Name(), fmt.Sprintf("%05d_", i+1)) {
				t.Errorf("%s/%s is not number %d", folder.Name(), file.Name(), i+1)
			}
		}
	}
}
