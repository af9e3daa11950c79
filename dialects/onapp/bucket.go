package onapp

import (
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindBucket is the kind of group that a bucket is, which old versions call a billing plan. Its members are the users
// who were given it; a user's facet says so too, and that of a user who was given none says nothing.
const kindBucket = "onapp.bucket"

// defaultBucket is the bucket that every panel has and that users get who are given none.
const defaultBucket int64 = 1

const defaultCurrency = "USD"

// bucket is a group's document, read.
type bucket struct {
	id               int64
	created, updated time.Time
	users            int // who have it; filled where it is shown

	label, currency     string
	showPrice           flag
	price               money
	mak, kms, ownAllows bool
}

func readBucket(g *core.Group) (*bucket, error) {
	v, err := wire.ParseJSON(g.Body.Text(), wire.Limits{})
	if err != nil {
		return nil, &core.Error{Op: "decode bucket", Subject: kindBucket, Err: err}
	}
	return &bucket{
		id: g.ID, created: g.CreatedAt, updated: g.UpdatedAt,
		label: g.Name, currency: textAt(v, "currency_code"), showPrice: flagAt(v, "show_price"),
		price: money(intAt(v, "price_micros")),
		mak:   flagAt(v, "allows_mak") == yes, kms: flagAt(v, "allows_kms") == yes, ownAllows: flagAt(v, "allows_own") == yes,
	}, nil
}

func (b *bucket) encode() *core.Document {
	return core.NewDocument(object(
		wire.Member{Name: "v", Value: wire.Int(1)},
		wire.Member{Name: "currency_code", Value: wire.String(b.currency)},
		wire.Member{Name: "show_price", Value: flagOrNull(b.showPrice)},
		wire.Member{Name: "price_micros", Value: intOrNull(int64(b.price))},
		wire.Member{Name: "allows_mak", Value: trueOrNull(b.mak)},
		wire.Member{Name: "allows_kms", Value: trueOrNull(b.kms)},
		wire.Member{Name: "allows_own", Value: trueOrNull(b.ownAllows)},
	))
}

// write is a bucket on its own. source: vendor reference, buckets and billing plans.
func (b *bucket) write(e stream) {
	b.writeShort(e)
	e.Int("associated_with_users", int64(b.users))
}

// writeShort is a bucket inside a user group.
func (b *bucket) writeShort(e stream) {
	e.Int("id", b.id)
	e.Str("label", b.label)
	e.Time("created_at", b.created)
	e.Time("updated_at", b.updated)
	e.Str("currency_code", b.currency)
	writeFlag(e, "show_price", b.showPrice)
	e.Decimal("monthly_price", b.price.String())
	e.Bool("allows_mak", b.mak)
	e.Bool("allows_kms", b.kms)
	e.Bool("allows_own", b.ownAllows)
}

// store makes g the group that b is.
func (b *bucket) store(g *core.Group) { g.Name, g.Body = b.label, b.encode() }

// bucketsIn reads buckets: those ids, or all for nil.
func (d *Dialect) bucketsIn(tx *core.Tx, ids []int64) ([]*bucket, error) {
	groups, err := tx.Groups(core.GroupQuery{Realm: d.cfg.Realm, Kind: kindBucket, IDs: ids})
	if err != nil {
		return nil, err
	}
	all := make([]*bucket, len(groups))
	for i, g := range groups {
		if all[i], err = readBucket(g); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// apply checks what a request says about a bucket and changes it.
func (b *bucket) apply(v wire.Value, isNew bool) error {
	var faults faultList
	if label := textField(v, "label"); label.Present() || isNew {
		b.label = strings.TrimSpace(label.Or(""))
		if b.label == "" {
			faults.add(fieldLabel, core.NotBlank, 0)
		}
		faults.length(fieldLabel, label, maxText)
	}
	if price, ok := textField(v, "monthly_price").Get(); ok && strings.TrimSpace(price) != "" {
		if b.price, ok = parseMoney(price); !ok {
			faults = append(faults, core.Fault{Field: "monthly_price", Rule: core.Malformed, Value: notANumber})
		}
	}
	if code, ok := textField(v, "currency_code").Get(); ok && code != "" {
		b.currency = code
		faults.length("currency_code", wire.Some(code), maxText)
	}
	setFlag(&b.showPrice, boolField(v, "show_price"))
	setBool(&b.mak, boolField(v, "allows_mak"))
	setBool(&b.kms, boolField(v, "allows_kms"))
	setBool(&b.ownAllows, boolField(v, "allows_own"))
	return core.NewInvalid(faults...)
}

func setBool(to *bool, f wire.Field[bool]) {
	if f.Present() {
		*to = f.Or(false)
	}
}
