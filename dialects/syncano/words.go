package syncano

import "github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"

// Messages about one field, as the original's framework words them.
const (
	msgRequired  = "This field is required."
	msgNull      = schema.MsgNull
	msgBlank     = "This field may not be blank."
	msgUnique    = "This field must be unique."
	msgNotString = schema.MsgNotString
)

func notChoice(text string) string { return "\"" + text + "\" is not a valid choice." }

func noSuchPK(text string) string { return "Invalid pk \"" + text + "\" - object does not exist." }
