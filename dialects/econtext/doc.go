// Package econtext serves the eContext Auth API: users with their
// applications, groups and API keys, organizations, and authentication of a
// credential, each in the vendor's envelope.
//
// A user is a core user: its id is the UID, its custom_data the Attributes.
// Applications, groups and organizations are core groups of this dialect's
// kinds; API keys are records of the user they belong to.
//
// The facts of the wire are in REFERENCE.md, deliberate differences in README.md.
package econtext
