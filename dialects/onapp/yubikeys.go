package onapp

import (
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindYubikey is the kind of the rows that are a user's YubiKeys.
const kindYubikey = "onapp.yubi_key"

// publicLength is how much of a one-time password is the key's own public part. source: vendor reference, YubiKeys.
const publicLength = 12

// yubikeyRoutes: source: vendor reference, YubiKeys. The gateway does not ask Yubico whether a key is genuine.
var yubikeyRoutes = []route{
	{"GET", "/users/:user_id/yubi_keys", "yubi_keys.list", listYubikeys},
	{"POST", "/users/:user_id/yubi_keys", "yubi_keys.create", createYubikey},
	{"GET", "/users/:user_id/yubi_keys/:id", "yubi_keys.show", getYubikey},
	{"DELETE", "/users/:user_id/yubi_keys/:id", "yubi_keys.delete", deleteYubikey},
}

var nounYubikey = noun{"yubi_key", "yubi_keys"}

// yubikey is a record's document, read.
type yubikey struct {
	id, user         int64
	label, otp       string
	created, updated time.Time
}

func readYubikey(r *core.Record) (*yubikey, error) {
	v, err := wire.ParseJSON(r.Body.Text(), wire.Limits{})
	if err != nil {
		return nil, &core.Error{Op: "decode yubikey", Subject: kindYubikey, Err: err}
	}
	return &yubikey{
		id: r.ID, user: r.Owner, label: textAt(v, "label"), otp: textAt(v, "otp"),
		created: r.CreatedAt, updated: r.UpdatedAt,
	}, nil
}

func writeYubikeyRow(e stream, y *yubikey) {
	e.Time("created_at", y.created)
	e.Int("id", y.id)
	e.StrOrNil("label", y.label)
	e.Nil("last_used")
	e.Str("otp", y.otp)
	e.Time("updated_at", y.updated)
	e.Int("user_id", y.user)
}

// publicPart is the beginning of a one-time password, which stays the same: all of it that is kept.
func publicPart(otp string) string {
	runes := []rune(strings.TrimSpace(otp))
	return string(runes[:min(len(runes), publicLength)])
}

func listYubikeys(c *call) (reply, error) {
	p := c.pageOf()
	rows, err := c.ownedList(kindYubikey, mayUpdateYubikeys, p)
	if err != nil {
		return reply{}, err
	}
	all, err := readAll(rows, readYubikey)
	return showList(nounYubikey, all, p, writeYubikeyRow), err
}

func getYubikey(c *call) (reply, error) {
	var y *yubikey
	err := c.view(func(tx *core.Tx) error {
		_, r, err := c.ownedRecord(tx, kindYubikey, mayUpdateYubikeys)
		if err != nil {
			return err
		}
		y, err = readYubikey(r)
		return err
	})
	return showObject(nounYubikey, y, writeYubikeyRow), err
}

func createYubikey(c *call) (reply, error) {
	v := c.resource(nounYubikey.one)
	label, otp := textField(v, "label"), publicPart(textField(v, "otp").Or(""))
	var faults faultList
	faults.length(fieldLabel, label, maxText)
	if otp == "" {
		faults.add("otp", core.NotBlank, 0)
	}
	var y *yubikey
	err := c.update(func(tx *core.Tx) error {
		u, err := c.owner(tx, mayUpdateYubikeys)
		if err != nil {
			return err
		}
		if err := core.NewInvalid(faults...); err != nil {
			return err
		}
		r := &core.Record{Kind: kindYubikey, Body: core.NewDocument(object(
			wire.Member{Name: "v", Value: wire.Int(1)},
			wire.Member{Name: "label", Value: textOrNull(label.Or(""))},
			wire.Member{Name: "otp", Value: wire.String(otp)},
		))}
		if err := addOwned(tx, u, r); err != nil {
			return err
		}
		y, err = readYubikey(r)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return created(nounYubikey, pathOfUser(y.user)+"/yubi_keys", y.id, y, writeYubikeyRow), nil
}

func deleteYubikey(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		_, r, err := c.ownedRecord(tx, kindYubikey, mayUpdateYubikeys)
		if err != nil {
			return err
		}
		return tx.RemoveRecord(r)
	})
	return c.d.done(), err
}
