package syncano

import (
	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// instanceLinks are an instance's links, below itself.
var instanceLinks = []struct{ name, path string }{
	{"self", ""}, {"admins", "admins/"}, {"snippets", "snippets/"}, {"endpoints", "endpoints/"},
	{"push_notification", "push_notifications/"}, {"classes", "classes/"}, {"invitations", "invitations/"},
	{"api_keys", "api_keys/"}, {"triggers", "triggers/"}, {"schedules", "schedules/"}, {"users", "users/"},
	{"groups", "groups/"}, {"channels", "channels/"}, {"batch", "batch/"}, {"rename", "rename/"},
	{"backups", "backups/"}, {"restores", "restores/"}, {"hosting", "hosting/"},
}

// shownInstance is an instance with what else is shown of it.
type shownInstance struct {
	*instance
	owner *core.User
	role  role
}

func (e *encoder) instance(in shownInstance) {
	e.setInstance(e.v, in.instance)
	e.Obj().Key("name").Str(in.row.Key).Key("description").Str(in.Description).Key("owner")
	e.account(in.owner, false)
	e.Key("created_at").Time(in.row.CreatedAt, wire.MicrosZ).Key("updated_at").Time(in.row.UpdatedAt, wire.MicrosZ)
	e.Key("role").Str(in.role.word()).Key("location").Str("dev").Key("metadata")
	e.rawOrEmpty(in.Metadata)
	e.Key("links").Obj()
	for _, l := range instanceLinks {
		e.Key(l.name)
		e.link(l.path)
	}
	e.End().End()
}

func (c *call) shownOf(tx *core.Tx, in *instance, r role) (shownInstance, error) {
	owner, err := tx.User(core.ByID(accountsRealm, in.row.Owner))
	return shownInstance{in, owner, r}, err
}

func showInstance(c *call) (reply, error) {
	in, err := c.shownOf(c.tx, c.instance, c.caller.role)
	if err != nil {
		return reply{}, err
	}
	return show(instanceShape, func(e *encoder) { e.instance(in) })
}
