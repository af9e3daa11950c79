package econtext

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
)

func listUsers(k *call) (reply, error) {
	l, err := k.listing()
	return l, err
}

// searchUsers looks for the term as it stands: the vendor documents "contains",
// though its server reads a regular expression.
func searchUsers(k *call) (reply, error) {
	l, err := k.listing()
	if err != nil {
		return nil, err
	}
	l.minimal = false
	term := core.Fold(k.param("search"))
	owners, err := k.keyOwners(term)
	if err != nil {
		return nil, err
	}
	l.query.Search = core.Search{
		Terms:      []string{term},
		Fields:     []core.Field{core.FieldEmail, core.FieldFullName, core.FieldUID},
		Attributes: []string{"company_name"},
		OrIDs:      owners,
	}
	return l, nil
}

// keyOwners finds the users with a key in whose id the term is found.
func (k *call) keyOwners(term string) (owners []int64, err error) {
	q := core.RecordQuery{Realm: k.d.realm, Kind: kindAPIKey, Limit: chunk}
	for {
		var records []*core.Record
		err = k.view(func(tx *core.Tx) (err error) {
			records, err = tx.Records(q)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			q.AfterID = r.ID
			if strings.Contains(core.Fold(r.Key), term) {
				owners = append(owners, r.Owner)
			}
		}
		if len(records) < chunk {
			return owners, nil
		}
	}
}

// members lists the users of the group that the path names.
func (k *call) members(kind string) (l listing, err error) {
	if l, err = k.listing(); err != nil {
		return l, err
	}
	err = k.view(func(tx *core.Tx) error {
		g, err := k.pathGroup(tx, kind)
		if err == nil {
			l.query.Member, l.query.MemberKind = g.ID, kind
		}
		return err
	})
	return l, err
}

func listApplicationUsers(k *call) (reply, error) {
	l, err := k.members(kindApplication)
	l.alone = k.d.v2
	return l, err
}

func listGroupUsers(k *call) (reply, error) {
	l, err := k.members(kindGroup)
	l.minimal = l.minimal || k.d.v2
	l.status = k.query().get("status")
	return l, err
}

func listOrganizationUsers(k *call) (reply, error) {
	l, err := k.members(kindOrganization)
	return l, err
}
