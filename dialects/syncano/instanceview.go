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

func (k *call) writeInstance(in shownInstance) {
	k.setInstance(in.instance)
	out := &k.out
	out.Obj()
	if out.want("name") {
		out.Str(in.row.Key)
	}
	if out.want("description") {
		out.Str(in.Description)
	}
	if out.want("owner") {
		k.writeAccount(in.owner, false)
	}
	if out.want("created_at") {
		out.Time(in.row.CreatedAt, wire.MicrosZ)
	}
	if out.want("updated_at") {
		out.Time(in.row.UpdatedAt, wire.MicrosZ)
	}
	if out.want("role") {
		out.Str(in.role.word())
	}
	if out.want("location") {
		out.Str("dev")
	}
	if out.want("metadata") {
		k.writeMetadata(in.Metadata)
	}
	if out.want("links") {
		out.Obj()
		for _, l := range instanceLinks {
			out.Key(l.name)
			k.at(l.path)
		}
		out.End()
	}
	out.End()
}

func (k *call) shownOf(tx *core.Tx, in *instance, r role) (shownInstance, error) {
	owner, err := tx.User(core.ByID(accountsRealm, in.row.Owner))
	return shownInstance{in, owner, r}, err
}

func showInstance(k *call, tx *core.Tx) error {
	in, err := k.shownOf(tx, k.instance, k.who.role)
	if err != nil {
		return err
	}
	k.setFilter()
	k.writeInstance(in)
	return nil
}
