package gateway

import "testing"

func TestStoreNameIsTheEngineAlone(t *testing.T) {
	for dsn, want := range map[string]string{
		"sqlite::memory:":                  "sqlite",
		"postgres://u:secret@db:5432/d":    "postgres",
		"postgresql://u:secret@db:5432/d?": "postgres",
	} {
		if have := storeName(dsn); have != want {
			t.Errorf("%s is called %q", dsn, have)
		}
	}
}
