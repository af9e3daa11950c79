package onapp

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindPayment is the kind of the records that are a user's payments.
const kindPayment = "onapp.payment"

// maxPayment keeps the sum of all payments that a user can have from overflowing.
const maxPayment = 1_000_000_000 * money(micros)

// payment is the stored document of a payment.
type payment struct {
	Version int    `json:"v"`
	Amount  money  `json:"amount_micros"`
	Invoice string `json:"invoice_number,omitempty"`
}

// payments serves the payments: see REFERENCE.md, "Version, settings and money".
var payments = userRecords[payment]{
	noun: noun{"payment", "payments"}, kind: kindPayment, operation: "payments",
	mayRead: mayReadPayments, mayCreate: mayCreatePayments, mayUpdate: mayUpdatePayments, mayDrop: mayDeletePayments,
	apply: (*payment).apply, write: writePayment, changeFacet: sumPayments,
}

// paymentRoutes are the routes of a user's payments, which name the payer from version 5.4 on.
func (d *Dialect) paymentRoutes() []route {
	s := payments
	if d.version >= v54 {
		s.write = func(e stream, r userRecord[payment]) {
			writePayment(e, r)
			e.Int(string(fieldPayer), r.Owner)
		}
	}
	return s.routes()
}

func (p *payment) apply(v wire.Value, isNew bool) (faults faultList) {
	p.Version = 1
	if amount := textField(v, "amount"); amount.Present() || isNew {
		m, ok := parseMoney(amount.Or(""))
		switch {
		case amount.Or("") == "":
			faults.add("amount", core.NotBlank, 0)
		case !ok:
			faults.addMessage("amount", messageNotANumber)
		case m > maxPayment || m < -maxPayment:
			faults.addMessage("amount", messageOutOfRange)
		}
		p.Amount = m
	}
	text := textField(v, "invoice_number")
	setText(&p.Invoice, text)
	faults.length("invoice_number", text, maxText)
	return faults
}

// writePayment shows the amount as text, unlike the amounts of a user.
func writePayment(e stream, r userRecord[payment]) {
	e.Time("created_at", r.CreatedAt)
	e.Time("updated_at", r.UpdatedAt)
	e.DecimalStr("amount", r.doc.Amount.String())
	e.Int("id", r.ID)
	e.StrOrNil("invoice_number", r.doc.Invoice)
	e.Int("user_id", r.Owner)
}

// sumPayments keeps the sum of the payments in the facet.
func sumPayments(f *facet, before, after *payment) {
	if before != nil {
		f.Paid -= before.Amount
	}
	if after != nil {
		f.Paid += after.Amount
	}
}
