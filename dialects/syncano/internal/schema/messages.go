package schema

import "strconv"

// Messages about one field that other parts of the dialect use too.
const (
	MsgNull          = "This field may not be null."
	MsgNotString     = "Not a valid string."
	MsgNotInteger    = "A valid integer is required."
	MsgNotNumber     = "A valid number is required."
	MsgNotObject     = "Not a valid object."
	MsgNotGeopoint   = "Not a valid geopoint."
	MsgNoTarget      = "Target with specified id does not exist."
	MsgNoTargetClass = "Class specified by target is missing."
)

const (
	msgBadBoolean  = "Not a valid boolean."
	msgNotDatetime = "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm:ss.uuuuuuZ."
	msgNotArray    = "Not a valid array."
	msgArrayItems  = "Array can only contain strings, booleans, integers and floats."
	msgNotRelation = "Not a valid relation."
	msgRelationIDs = "Relation can only contain integers (object ids)."
	msgTooSmall    = "Ensure this value is greater than or equal to -2147483648."
	msgTooGreat    = "Ensure this value is less than or equal to 2147483647."
)

// MsgTooLong is the message about a text of more than limit characters.
func MsgTooLong(limit int) string {
	return "Ensure this field has no more than " + strconv.Itoa(limit) + " characters."
}

// MsgNotBoolean is the message about a value that is not a boolean, and quotes it.
func MsgNotBoolean(text string) string { return "\"" + text + "\" is not a valid boolean." }

// MsgNotPK is the message about a value that cannot be an id; kind is its type.
func MsgNotPK(kind string) string { return "Incorrect type. Expected pk value, received " + kind + "." }

func msgOutOfRange(negative bool) string {
	if negative {
		return msgTooSmall
	}
	return msgTooGreat
}
