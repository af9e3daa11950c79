package syncano

import (
	"errors"
	"net/http"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// readName reads and judges a name of an instance. A name that is bound to a
// realm of other dialects is the operator's to use, not a customer's.
func (c *call) readName(in wire.Value, field string, p *problems) string {
	name, ok := c.text(in, field, textRule{required: true, max: noLimit}, p).Get()
	if !ok {
		return ""
	}
	name = strings.ToLower(name)
	faults := nameFaults(name)
	if c.d.cfg.Realms[name] != "" && faults == nil {
		faults = []string{msgReservedName}
	}
	p.add(field, faults...)
	return name
}

func createInstance(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	name := c.readName(in, "name", p)
	body := instanceBody{Version: c.v.ofInstances(), Description: c.text(in, "description", textRule{blank: true, max: 256}, p).Or("")}
	body.Metadata = readBoundedMetadata(c, in, p).Or(nil)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	var made *instance
	err = c.update(func(tx *core.Tx) error {
		if err := roomForInstance(c, tx, name); err != nil {
			return err
		}
		made, err = addInstance(tx, c.caller.account, name, body)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	// the role here is an artefact of the source; see README, post-new-instance-has-role-api-key
	return created(func(e *encoder) { e.instance(shownInstance{made, c.caller.account, noRole}) })
}

func roomForInstance(c *call, tx *core.Tx, name string) error {
	n, err := tx.CountRecords(core.RecordQuery{Realm: accountsRealm, Kind: instanceKind, Owners: []int64{c.caller.account.ID}})
	if err != nil {
		return err
	}
	if limit := c.d.cfg.MaxInstances; limit >= 0 && n >= limit {
		return countExceeded("Instance", limit)
	}
	return checkInstanceName(tx, name, "name")
}

func countExceeded(what string, limit int) error {
	return detailError(http.StatusBadRequest, what+" count exceeded ("+decimal(int64(limit))+").")
}

// checkInstanceName refuses a name that another instance has.
func checkInstanceName(tx *core.Tx, name, field string) error {
	_, err := findInstance(tx, name)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return nil
	case err == nil:
		return fieldError(field, msgUnique)
	}
	return err
}

func saveInstance(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	description := c.text(in, "description", textRule{blank: true, max: 256}, p)
	metadata := readBoundedMetadata(c, in, p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	return changeInstance(c, func(_ *core.Tx, row *core.Record, body *instanceBody) error {
		body.Description = description.Or(body.Description)
		body.Metadata = metadata.Or(body.Metadata)
		return nil
	})
}

// changeInstance changes the instance of the path and answers with it.
func changeInstance(c *call, change func(*core.Tx, *core.Record, *instanceBody) error) (reply, error) {
	var shown shownInstance
	err := c.update(func(tx *core.Tx) error {
		row, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: instanceKind, ID: c.instance.row.ID})
		if err != nil {
			return err
		}
		in, err := decodeInstance(row)
		if err != nil {
			return err
		}
		body := *in.instanceBody
		if err := change(tx, row, &body); err != nil {
			return err
		}
		row.Body = document(body)
		if err := tx.SaveRecord(row); err != nil {
			return err
		}
		shown, err = shownOf(c, tx, &instance{row, &body}, c.caller.role)
		return err
	})
	if err != nil {
		return reply{}, err
	}
	return show(nil, func(e *encoder) { e.instance(shown) })
}

func renameInstance(c *call) (reply, error) {
	in, err := c.bodyObject()
	if err != nil {
		return reply{}, err
	}
	p := &problems{}
	name := c.readName(in, "new_name", p)
	if err := p.err(); err != nil {
		return reply{}, err
	}
	return changeInstance(c, func(tx *core.Tx, row *core.Record, _ *instanceBody) error {
		if name == row.Key {
			return nil
		}
		row.Key = name
		return checkInstanceName(tx, name, "new_name")
	})
}
