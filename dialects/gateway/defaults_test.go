package gateway

import "testing"

func TestDefaultsAreThoseOfTheFlags(t *testing.T) {
	t.Parallel()
	d, err := NewDefaults("--onapp-version=4.2.0", "--max-body=1KiB")
	if err != nil || d.Limits.MaxBody != 1024 || d.Limits.MaxRequests != 1024 || d.Passwords.HashMemory != 19<<20 {
		t.Fatalf("%+v, %v", d, err)
	}
	g, err := Open(t.Context(), Config{DSN: "sqlite::memory:", Rows: d.Rows, Limits: d.Limits, Passwords: d.Passwords})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if _, err := NewDefaults("--colour=red"); err == nil {
		t.Error("an unknown setting is taken")
	}
}
