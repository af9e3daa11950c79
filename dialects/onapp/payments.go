package onapp

import (
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindPayment is the kind of the rows that are a user's payments.
const kindPayment = "onapp.payment"

// paymentRoutes: source: vendor reference, version, settings, money.
var paymentRoutes = []route{
	{"GET", "/users/:user_id/payments", "payments.list", listPayments},
	{"POST", "/users/:user_id/payments", "payments.create", createPayment},
	{"GET", "/users/:user_id/payments/:id", "payments.show", getPayment},
	{"PUT", "/users/:user_id/payments/:id", "payments.update", updatePayment},
	{"DELETE", "/users/:user_id/payments/:id", "payments.delete", deletePayment},
}

var nounPayment = noun{"payment", "payments"}

// payment is a record's document, read.
type payment struct {
	id, user         int64
	amount           money
	invoice          string
	created, updated time.Time
}

func readPayment(r *core.Record) (*payment, error) {
	v, err := wire.ParseJSON(r.Body.Text(), wire.Limits{})
	if err != nil {
		return nil, &core.Error{Op: "decode payment", Subject: kindPayment, Err: err}
	}
	return &payment{
		id: r.ID, user: r.Owner, amount: money(intAt(v, "amount_micros")), invoice: textAt(v, "invoice_number"),
		created: r.CreatedAt, updated: r.UpdatedAt,
	}, nil
}

func (p *payment) encode() *core.Document {
	return core.NewDocument(object(
		wire.Member{Name: "v", Value: wire.Int(1)},
		wire.Member{Name: "amount_micros", Value: wire.Int(int64(p.amount))},
		wire.Member{Name: "invoice_number", Value: textOrNull(p.invoice)},
	))
}

// writePayment shows the amount as text, unlike the amounts of a user.
func writePayment(e stream, p *payment) {
	e.Time("created_at", p.created)
	e.Time("updated_at", p.updated)
	e.DecimalStr("amount", p.amount.String())
	e.Int("id", p.id)
	e.StrOrNil("invoice_number", p.invoice)
	e.Int("user_id", p.user)
}

// maxPayment keeps the sum of all payments that a user can have from overflowing.
const maxPayment = 1_000_000_000 * money(micros)

// apply checks what a request says about a payment and changes it.
func (p *payment) apply(v wire.Value, isNew bool) error {
	var faults faultList
	if amount := textField(v, "amount"); amount.Present() || isNew {
		m, ok := parseMoney(amount.Or(""))
		switch {
		case amount.Or("") == "":
			faults.add("amount", core.NotBlank, 0)
		case !ok:
			faults = append(faults, core.Fault{Field: "amount", Rule: core.Malformed, Value: notANumber})
		case m > maxPayment || m < -maxPayment:
			faults = append(faults, core.Fault{Field: "amount", Rule: core.Malformed, Value: outOfRange})
		}
		p.amount = m
	}
	if text := textField(v, "invoice_number"); text.Present() {
		p.invoice = text.Or("")
		faults.length("invoice_number", text, maxText)
	}
	return core.NewInvalid(faults...)
}

func listPayments(c *call) (reply, error) {
	p := c.pageOf()
	rows, err := c.ownedList(kindPayment, mayReadPayments, p)
	if err != nil {
		return reply{}, err
	}
	all, err := readAll(rows, readPayment)
	return showList(nounPayment, all, p, writePayment), err
}

func getPayment(c *call) (reply, error) {
	var p *payment
	err := c.view(func(tx *core.Tx) error {
		_, r, err := c.ownedRecord(tx, kindPayment, mayReadPayments)
		if err != nil {
			return err
		}
		p, err = readPayment(r)
		return err
	})
	return showObject(nounPayment, p, writePayment), err
}

func createPayment(c *call) (reply, error) {
	var p *payment
	err := c.update(func(tx *core.Tx) error {
		u, err := c.owner(tx, mayCreatePayments)
		if err != nil {
			return err
		}
		draft := &payment{}
		if err := draft.apply(c.resource(nounPayment.one), true); err != nil {
			return err
		}
		r := &core.Record{Kind: kindPayment, Body: draft.encode()}
		if err := addOwned(tx, u, r); err != nil {
			return err
		}
		if p, err = readPayment(r); err != nil {
			return err
		}
		return c.d.amendFacet(tx, u, func(f *facet) { f.Paid += p.amount })
	})
	if err != nil {
		return reply{}, err
	}
	return created(nounPayment, pathOfUser(p.user)+"/payments", p.id, p, writePayment), nil
}

func updatePayment(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		u, r, err := c.ownedRecord(tx, kindPayment, mayUpdatePayments)
		if err != nil {
			return err
		}
		p, err := readPayment(r)
		if err != nil {
			return err
		}
		before := p.amount
		if err := p.apply(c.resource(nounPayment.one), false); err != nil {
			return err
		}
		r.Body = p.encode()
		if err := tx.SaveRecord(r); err != nil {
			return err
		}
		return c.d.amendFacet(tx, u, func(f *facet) { f.Paid += p.amount - before })
	})
	return c.d.done(), err
}

func deletePayment(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		u, r, err := c.ownedRecord(tx, kindPayment, mayDeletePayments)
		if err != nil {
			return err
		}
		p, err := readPayment(r)
		if err != nil {
			return err
		}
		if err := tx.RemoveRecord(r); err != nil {
			return err
		}
		return c.d.amendFacet(tx, u, func(f *facet) { f.Paid -= p.amount })
	})
	return c.d.done(), err
}
