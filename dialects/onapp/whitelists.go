package onapp

import (
	"github.com/dragoman-gateway/dragoman/core"
)

// whiteListRoutes: source: vendor reference, white list IPs. Who may change a user may change from where it may come.
var whiteListRoutes = []route{
	{"GET", "/users/:user_id/user_white_lists", "white_lists.list", listWhiteRows},
	{"POST", "/users/:user_id/user_white_lists", "white_lists.create", createWhiteRow},
	{"GET", "/users/:user_id/user_white_lists/:id", "white_lists.show", getWhiteRow},
	{"PUT", "/users/:user_id/user_white_lists/:id", "white_lists.update", updateWhiteRow},
	{"DELETE", "/users/:user_id/user_white_lists/:id", "white_lists.delete", deleteWhiteRow},
}

var nounWhiteRow = noun{"user_white_list", "user_white_lists"}

func listWhiteRows(c *call) (reply, error) {
	p := c.pageOf()
	rows, err := c.ownedList(kindWhiteList, mayReadUsers, p)
	if err != nil {
		return reply{}, err
	}
	all, err := readAll(rows, readWhiteRow)
	return showList(nounWhiteRow, all, p, writeWhiteRow), err
}

func readAll[T any](rows []*core.Record, read func(*core.Record) (T, error)) (all []T, err error) {
	all = make([]T, len(rows))
	for i, r := range rows {
		if all[i], err = read(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func getWhiteRow(c *call) (reply, error) {
	var row *whiteRow
	err := c.view(func(tx *core.Tx) error {
		_, r, err := c.ownedRecord(tx, kindWhiteList, mayReadUsers)
		if err != nil {
			return err
		}
		row, err = readWhiteRow(r)
		return err
	})
	return showObject(nounWhiteRow, row, writeWhiteRow), err
}

func createWhiteRow(c *call) (reply, error) {
	var row *whiteRow
	err := c.update(func(tx *core.Tx) error {
		u, err := c.owner(tx, mayUpdateUsers)
		if err != nil {
			return err
		}
		draft := &whiteRow{}
		if err := draft.apply(c.resource(nounWhiteRow.one), true); err != nil {
			return err
		}
		r := &core.Record{Kind: kindWhiteList, Body: draft.encode()}
		if err := addOwned(tx, u, r); err != nil {
			return err
		}
		if row, err = readWhiteRow(r); err != nil {
			return err
		}
		return c.d.amendFacet(tx, u, func(f *facet) { f.WhiteLists++ })
	})
	if err != nil {
		return reply{}, err
	}
	return created(nounWhiteRow, pathOfUser(row.user)+"/user_white_lists", row.id, row, writeWhiteRow), nil
}

func updateWhiteRow(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		_, r, err := c.ownedRecord(tx, kindWhiteList, mayUpdateUsers)
		if err != nil {
			return err
		}
		row, err := readWhiteRow(r)
		if err != nil {
			return err
		}
		if err := row.apply(c.resource(nounWhiteRow.one), false); err != nil {
			return err
		}
		r.Body = row.encode()
		return tx.SaveRecord(r)
	})
	return c.d.done(), err
}

func deleteWhiteRow(c *call) (reply, error) {
	err := c.update(func(tx *core.Tx) error {
		u, r, err := c.ownedRecord(tx, kindWhiteList, mayUpdateUsers)
		if err != nil {
			return err
		}
		if err := tx.RemoveRecord(r); err != nil {
			return err
		}
		return c.d.amendFacet(tx, u, func(f *facet) { f.WhiteLists = max(0, f.WhiteLists-1) })
	})
	return c.d.done(), err
}
