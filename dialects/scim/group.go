package scim

// kindGroup is the kind of SCIM's own groups. No other dialect shows them.
const kindGroup = "scim.group"
