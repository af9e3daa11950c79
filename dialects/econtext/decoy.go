package econtext

import (
	"context"
	"sync"

	"github.com/dragoman-gateway/dragoman/core"
)

// decoy is a holder of a secret that proves nothing, made when first needed.
type decoy struct {
	mu   sync.Mutex
	made *core.User
}

func (c *decoy) holder(ctx context.Context, d *Dialect) (*core.User, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == nil {
		hash, err := d.dir.HashSecret(ctx, d.cfg.SecretCost, "nobody's secret")
		if err != nil {
			return nil, err
		}
		c.made = &core.User{Realm: d.realm, Password: hash}
	}
	return c.made, nil
}
