package syncano

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func createClass(k *call) error {
	in, err := k.bodyObject()
	if err != nil {
		return err
	}
	k.status = http.StatusCreated
	var shown shownClass
	err = k.d.dir.Update(k.req.Context(), func(tx *core.Tx) error {
		p := &problems{}
		name := k.readClassName(in, p)
		body := newClassBody("")
		input, err := k.readClass(in, tx, body, p)
		if err != nil {
			return err
		}
		if err := p.err(); err != nil {
			return err
		}
		input.apply(body, false)
		body.Revision = 1
		if err := k.roomForClass(tx, name); err != nil {
			return err
		}
		row := &core.Record{Realm: k.instance.Realm, Kind: classKind, Key: name, Body: document(body)}
		if err := tx.SaveRecord(row); err != nil {
			return err
		}
		shown, err = k.shownClass(tx, &class{row, body})
		return err
	})
	if err == nil {
		k.writeClass(shown)
	}
	return err
}

var className = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func (k *call) readClassName(in wire.Value, p *problems) string {
	name, ok := k.text(in, "name", textRule{required: true, max: 64}, p).Get()
	if !ok {
		return ""
	}
	name = strings.ToLower(name)
	switch {
	case !className.MatchString(name):
		p.add("name", "Enter a valid value consisting of letters, numbers, underscores.")
	case name == "self" || name == "user" || name == "users" || name == "acl":
		p.add("name", msgReservedName)
	}
	return name
}

func (k *call) roomForClass(tx *core.Tx, name string) error {
	n, err := tx.CountRecords(core.RecordQuery{Realm: k.instance.Realm, Kind: classKind})
	if err != nil {
		return err
	}
	if limit := k.d.cfg.MaxClasses; limit >= 0 && n >= limit {
		return countExceeded("Class", limit)
	}
	_, err = findClass(tx, k.instance.Realm, name)
	switch {
	case errors.Is(err, core.ErrNotFound):
		return nil
	case err == nil:
		return fieldError("name", msgUnique)
	}
	return err
}

func deleteClass(k *call) error {
	k.status = http.StatusNoContent
	name := k.class.name()
	err := k.d.dir.Update(k.req.Context(), func(tx *core.Tx) error {
		c, err := findClass(tx, k.instance.Realm, name)
		if err != nil {
			return err
		}
		return tx.RemoveRecord(c.row)
	})
	if err == nil {
		err = k.forgetValues(k.class.fileFields())
	}
	for _, kind := range []string{objectKind(name), uniqueKind + name} {
		if err == nil {
			err = k.d.removeKind(k, k.instance.Realm, kind)
		}
	}
	return err
}
