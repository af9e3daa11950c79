package syncano

import "github.com/dragoman-gateway/dragoman/core"

// groupKind is the kind of Syncano's groups.
const groupKind = "syncano.group"

// userView is a user with everything that this dialect shows of one.
type userView struct {
	user    *core.User
	profile dataObject
	groups  []*core.Group
	// sentUsername is the username as the client sent it, in the answer to its write.
	sentUsername string
	// key is the user key; "" if the user has none or the caller may not see it.
	key string
}
