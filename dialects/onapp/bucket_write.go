package onapp

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// applyBucket checks what a request sets of a bucket and changes it.
func applyBucket(g *core.Group, body bucketBody, v wire.Value) error {
	var faults faultList
	if label := textField(v, "label"); label.Present() || g.ID == 0 {
		if g.Name = strings.TrimSpace(label.Or("")); g.Name == "" {
			faults.add(fieldLabel, core.NotBlank, 0)
		}
		faults.length(fieldLabel, label, maxText)
	}
	if price, ok := textField(v, "monthly_price").Get(); ok && strings.TrimSpace(price) != "" {
		if body.Price, ok = parseMoney(price); !ok {
			faults.addMessage("monthly_price", messageNotANumber)
		}
	}
	if code, ok := textField(v, "currency_code").Get(); ok && code != "" {
		body.Currency = code
		faults.length("currency_code", wire.Some(code), maxText)
	}
	setOptional(&body.ShowPrice, boolField(v, "show_price"))
	setBool(&body.AllowsMAK, boolField(v, "allows_mak"))
	setBool(&body.AllowsKMS, boolField(v, "allows_kms"))
	setBool(&body.AllowsOwn, boolField(v, "allows_own"))
	if len(faults) > 0 {
		return core.NewInvalid(faults...)
	}
	setBucket(g, body)
	return nil
}

func setBool(to *bool, f wire.Field[bool]) {
	if f.Present() {
		*to = f.Or(false)
	}
}

func setBucket(g *core.Group, body bucketBody) {
	body.Version = 1
	g.Body = encodeBody(body)
}

func createBucket(c *call) (reply, error) {
	if err := require(c.mayAll(mayCreateBuckets)); err != nil {
		return reply{}, err
	}
	return c.addBucket(func(_ *core.Tx, g *core.Group) error {
		return applyBucket(g, bucketBody{Currency: defaultCurrency}, c.resource(c.d.version.bucketNoun().one))
	})
}

// cloneBucket copies a bucket; the copy has no users.
func cloneBucket(c *call) (reply, error) {
	if err := require(c.mayAll(mayCreateBuckets)); err != nil {
		return reply{}, err
	}
	return c.addBucket(func(tx *core.Tx, g *core.Group) error {
		old, err := c.readableBucket(tx)
		if err != nil {
			return err
		}
		body, err := decodeBody[bucketBody](old.Body)
		if err != nil {
			return err
		}
		g.Name = "Clone of " + old.Name
		setBucket(g, *body)
		return nil
	})
}

// addBucket stores the new bucket that fill fills, and answers with it.
func (c *call) addBucket(fill func(*core.Tx, *core.Group) error) (reply, error) {
	var v bucketView
	err := c.update(func(tx *core.Tx) error {
		g := &core.Group{Realm: c.d.cfg.Realm, Kind: kindBucket}
		err := fill(tx, g)
		if err == nil {
			err = tx.SaveGroup(g)
		}
		if err == nil {
			v, err = bucketViewOf(g)
		}
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return showCreated(c.d.version.bucketNoun(), c.d.version.bucketPath(), v.group.ID, v, c.d.writeBucketView), nil
}

func updateBucket(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		g, err := c.targetGroup(tx, kindBucket, mayUpdateBuckets)
		if err != nil {
			return err
		}
		body, err := decodeBody[bucketBody](g.Body)
		if err != nil {
			return err
		}
		if err := applyBucket(g, *body, c.resource(c.d.version.bucketNoun().one)); err != nil {
			return err
		}
		return tx.SaveGroup(g)
	})
	return c.d.done(), err
}

// deleteBucket refuses the default bucket and one that users were given.
func deleteBucket(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		g, err := c.targetGroup(tx, kindBucket, mayDeleteBuckets)
		if err != nil {
			return err
		}
		if g.ID == defaultBucket {
			return core.NewInvalid(baseFault(messageDefaultBucket))
		}
		return removeUnused(tx, g, messageBucketInUse)
	})
	return c.d.done(), err
}
