package adoption_test

import (
	"context"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/core/passwd"
	"github.com/dragoman-gateway/dragoman/dialects/adoption"
)

// refusing is a vendor who says no.
type refusing struct {
	archive.Completer
	asked atomic.Int64
}

func (v *refusing) Prove(context.Context, core.Credential) ([]*archive.Line, error) {
	v.asked.Add(1)
	return nil, nil
}

func (*refusing) Keep(*core.Tx, *core.User, core.Credential, string) error { return nil }

// A client with ever new names leaves half of the vendor's rate to the others.
func TestOneClientDoesNotUseTheVendorUp(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	v := &refusing{}
	a := adoption.New(adoption.Config{Rate: 4, Now: func() time.Time { return now }})
	a.Add("onapp", core.MainRealm, v)
	ask := func(client string, i int) {
		a.Adopt(passwd.WithClient(t.Context(), client), core.Credential{Dialect: "onapp", Realm: core.MainRealm, Login: strconv.Itoa(i), Secret: "x"})
	}
	for i := range 20 {
		ask("a", i)
	}
	if n := v.asked.Load(); n != 2 {
		t.Errorf("one client asks the vendor %d times", n)
	}
	ask("b", 100)
	if n := v.asked.Load(); n != 3 {
		t.Errorf("another client then makes it %d times", n)
	}
}
