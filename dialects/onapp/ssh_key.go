package onapp

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindSSHKey is the kind of the records that are a user's public SSH keys.
const kindSSHKey = "onapp.ssh_key"

// maxSSHKey is the longest key in characters. A key of 16,384 bits has fewer than 3,000.
const maxSSHKey = 16 << 10

// sshKey is the stored document of an SSH key.
type sshKey struct {
	Version int    `json:"v"`
	Key     string `json:"key"`
}

// sshKeys serves the keys: see REFERENCE.md, "SSH keys". The right to change a user includes its
// keys.
var sshKeys = userRecords[sshKey]{
	noun: noun{"ssh_key", "ssh_keys"}, kind: kindSSHKey, operation: "ssh_keys", direct: "/settings/ssh_keys",
	mayRead: mayReadUsers, mayCreate: mayUpdateUsers, mayUpdate: mayUpdateUsers, mayDrop: mayUpdateUsers,
	apply: (*sshKey).apply, write: writeSSHKey,
}

// apply keeps the key as it was written; the gateway does not use it.
func (k *sshKey) apply(v wire.Value, isNew bool) (faults faultList) {
	k.Version = 1
	key := textField(v, "key")
	if !key.Present() && !isNew {
		return nil
	}
	if k.Key = key.Or(""); strings.TrimSpace(k.Key) == "" {
		faults.add(fieldSSHKey, core.NotBlank, 0)
	}
	faults.length(fieldSSHKey, key, maxSSHKey)
	return faults
}

func writeSSHKey(e stream, r userRecord[sshKey]) {
	e.Time("created_at", r.CreatedAt)
	e.Int("id", r.ID)
	e.Str("key", r.doc.Key)
	e.Time("updated_at", r.UpdatedAt)
	e.Int("user_id", r.Owner)
}
