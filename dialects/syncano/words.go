package syncano

import "strconv"

// Messages about one field, as the original's framework words them.
const (
	msgRequired  = "This field is required."
	msgNull      = "This field may not be null."
	msgBlank     = "This field may not be blank."
	msgUnique    = "This field must be unique."
	msgNotString = "Not a valid string."
	msgNotInt    = "A valid integer is required."
	msgNotNumber = "A valid number is required."
)

func tooLong(limit int) string {
	return "Ensure this field has no more than " + strconv.Itoa(limit) + " characters."
}

func notChoice(text string) string { return "\"" + text + "\" is not a valid choice." }

func notBoolean(text string) string { return "\"" + text + "\" is not a valid boolean." }

func noSuchPK(text string) string { return "Invalid pk \"" + text + "\" - object does not exist." }

func notPK(kind string) string { return "Incorrect type. Expected pk value, received " + kind + "." }
