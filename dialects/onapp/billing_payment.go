package onapp

import (
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/railsxml"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// billingPath is the path of all payments, whoever paid.
// See REFERENCE.md, "Version, settings and money".
const billingPath = "/billing/user/payments"

const (
	fieldPayer     core.Field = "payer_id"
	fieldPayerType core.Field = "payer_type"
)

// billingPaymentRoutes serve the payments under a path of all users, where the payer is a parameter.
func billingPaymentRoutes() []route {
	s := payments
	s.write = writeBillingPayment
	return append([]route{
		{"GET", billingPath, "payments.list", listBillingPayments},
		{"POST", billingPath, "payments.create", createBillingPayment},
	}, s.routesOfOne(billingPath)...)
}

func writeBillingPayment(e stream, r userRecord[payment]) {
	e.Int("id", r.ID)
	e.Int("payer_id", r.Owner)
	e.DecimalStr("amount", r.doc.Amount.String())
	e.StrOrNil("invoice_number", r.doc.Invoice)
	e.Time("created_at", r.CreatedAt)
	e.Time("updated_at", r.UpdatedAt)
}

// isUserPayer reports whether the payer is a user, which it is by default. The panel also knows
// companies, which do not exist here.
func isUserPayer(payerType string) bool {
	payerType = strings.TrimSpace(payerType)
	return payerType == "" || strings.EqualFold(payerType, "user")
}

// listBillingPayments shows the payments of the payer who was asked for; of all, or of the caller if
// it may not see others, without one.
func listBillingPayments(c *call) (reply, error) {
	if err := require(c.maySome(mayReadPayments)); err != nil {
		return reply{}, err
	}
	list := paymentList{call: c, left: -1, query: core.RecordQuery{Realm: c.d.cfg.Realm, Kind: kindPayment}}
	given := strings.TrimSpace(c.top(string(fieldPayer)).Text())
	switch {
	case !isUserPayer(c.top(string(fieldPayerType)).Text()):
		list.query.Owners = []int64{}
	case given != "":
		payer, _ := castInt(given) // 0, which no user has, for text
		err := c.view(func(tx *core.Tx) error {
			_, err := c.targetUser(tx, payer, mayReadPayments)
			return err
		})
		if err != nil {
			return reply{}, err
		}
		list.query.Owners = []int64{payer}
	case !c.mayAll(mayReadPayments):
		list.query.Owners = []int64{c.user.ID}
	}
	p := c.readPage()
	start := list
	err := c.view(func(tx *core.Tx) (err error) {
		list = start
		if p != nil {
			total, err := tx.CountRecords(list.query)
			if err != nil {
				return err
			}
			p.setTotal(total)
			list.query.Offset, list.left = p.offset(), p.size
		}
		return list.read(tx)
	})
	return reply{status: http.StatusOK, write: list.write, page: p}, err
}

// paymentList is a list being sent, chunk by chunk: there can be a thousand payments of each user.
type paymentList struct {
	*call
	query core.RecordQuery
	left  int // payments still wanted; negative is all
	chunk []userRecord[payment]
	done  bool
}

// read fetches the next chunk.
func (l *paymentList) read(tx *core.Tx) error {
	l.query.Limit = listChunk
	if l.left >= 0 {
		l.query.Limit = min(l.left, listChunk)
	}
	rows, err := tx.Records(l.query)
	if err != nil {
		return err
	}
	l.chunk = make([]userRecord[payment], len(rows))
	for i, r := range rows {
		if l.chunk[i], err = payments.decode(r); err != nil {
			return err
		}
	}
	if l.left >= 0 {
		l.left -= len(rows)
	}
	if l.done = len(rows) < l.query.Limit || l.left == 0; len(rows) > 0 {
		l.query.AfterID, l.query.Offset = rows[len(rows)-1].ID, 0
	}
	return nil
}

// write sends chunk after chunk.
func (l *paymentList) write(out *response) error {
	out.List("payments", "payment", railsxml.Wrapped)
	for {
		for _, r := range l.chunk {
			out.Item()
			writeBillingPayment(out.Streamer, r)
			out.End()
			if err := out.flushIfLarge(); err != nil {
				return err
			}
		}
		if l.done {
			out.End()
			return nil
		}
		start := *l
		err := l.view(func(tx *core.Tx) error {
			*l = start
			return l.read(tx)
		})
		if err != nil {
			return err
		}
	}
}

// createBillingPayment adds a payment of the user that payer_id names.
func createBillingPayment(c *call) (reply, error) {
	if err := require(c.mayAll(mayCreatePayments)); err != nil {
		return reply{}, err
	}
	v := c.resource(payments.noun.one)
	payer, faults := readPayer(v)
	if len(faults) > 0 {
		return reply{}, core.NewInvalid(faults...)
	}
	added, err := payments.add(c, payer)
	if err != nil {
		return reply{}, err
	}
	return showCreated(payments.noun, billingPath, added.ID, added, writeBillingPayment), nil
}

func readPayer(v wire.Value) (payer int64, faults faultList) {
	if !isUserPayer(textField(v, string(fieldPayerType)).Or("")) {
		faults.add(fieldPayerType, core.Malformed, 0)
	}
	payer, given := intField(v, string(fieldPayer)).Get()
	if !given {
		faults.add(fieldPayer, core.NotBlank, 0)
	}
	return payer, faults
}
