package econtext

import (
	"github.com/dragoman-gateway/dragoman/core"
)

// thingQuery reads limit and offset of a list of groups of a kind, by name.
func (k *call) thingQuery(kind string) (q core.GroupQuery, err error) {
	q = core.GroupQuery{Realm: k.d.realm, Kind: kind, ByName: true}
	if q.Limit, err = k.query().number("limit"); err != nil {
		return q, err
	}
	q.Offset, err = k.query().number("offset")
	return q, err
}

func readThings(tx *core.Tx, q core.GroupQuery) ([]thing, error) {
	groups, err := tx.Groups(q)
	if err != nil {
		return nil, err
	}
	return thingsOf(groups)
}

func listApplications(k *call) (reply, error) {
	q, err := k.thingQuery(kindApplication)
	if err != nil {
		return nil, err
	}
	if k.d.v2 {
		q.Limit = or(q.Limit, thingsAtOnceV2)
	}
	var all []thing
	err = k.view(func(tx *core.Tx) (err error) {
		all, err = readThings(tx, q)
		return err
	})
	return replyFunc(func(a *answer) error {
		a.RawKey("applications")
		a.applications(all)
		return nil
	}), err
}

func listGroups(k *call) (reply, error) {
	q, err := k.thingQuery(kindGroup)
	if err != nil {
		return nil, err
	}
	if k.d.v2 {
		q.Limit = or(q.Limit, thingsAtOnceV2)
	}
	var all []thing
	err = k.view(func(tx *core.Tx) (err error) {
		all, err = k.readGroups(tx, q)
		return err
	})
	return groupsReply(all), err
}

func listApplicationGroups(k *call) (reply, error) {
	q, err := k.thingQuery(kindGroup)
	if err != nil {
		return nil, err
	}
	var all []thing
	err = k.view(func(tx *core.Tx) error {
		app, err := k.pathGroup(tx, kindApplication)
		if err != nil {
			return err
		}
		q.Parent = app.ID
		all, err = k.readGroups(tx, q)
		return err
	})
	return groupsReply(all), err
}

func groupsReply(all []thing) reply {
	return replyFunc(func(a *answer) error {
		a.RawKey("groups")
		a.groups(all)
		return nil
	})
}

// readGroups reads groups and, in one more query, the ids of their applications.
func (k *call) readGroups(tx *core.Tx, q core.GroupQuery) ([]thing, error) {
	all, err := readThings(tx, q)
	if err != nil || len(all) == 0 {
		return all, err
	}
	g := gathering{d: k.d, tx: tx, groups: all}
	return all, g.nameApplications()
}
