package core

import (
	"context"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// HashSecret encodes a machine-made secret as bcrypt of that cost, a form that can
// be moved back to a vendor's own server. Like HashPassword it is slow on purpose
// and fails with Busy when too many wait already.
func (d *Directory) HashSecret(ctx context.Context, cost int, plain string) (encoded string, err error) {
	gateErr := d.cfg.Gate.Do(ctx, func() {
		encoded, err = passwd.HashBcrypt(cost, plain)
	})
	if gateErr != nil {
		return "", busy("hash secret", gateErr)
	}
	return encoded, err
}
