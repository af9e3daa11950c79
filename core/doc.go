// Package core is the user model that all dialects share: users, groups, records
// and realms, the rules that hold for them, and the interface of the store.
//
// It knows no dialect, no wire format and no database. A [Directory] has two ways
// to the data, View and Update, which hand out a [Tx], and the checks of a
// password, Verify and VerifyCached.
//
// # Glossary
//
// One word stands for one idea in the code, the documents and the metrics. The
// terms of the field, where they differ, are in parentheses.
//
//	dialect       one vendor's API, served over this model (protocol adapter)
//	realm         a set of users with unique names (tenant)
//	user          an account; what at least two dialects show of it with one meaning
//	ID            a number, unique in its realm and never reused (surrogate key)
//	UID           a text that is unique in its realm (external identifier, GUID)
//	handle        a unique text that finds one user (login identifier, alternate key)
//	attributes    the customer's own named JSON values of a user (custom claims)
//	facet         one dialect's private, typed data of a user (extension schema)
//	group         a set of users, of a kind that one dialect owns (role, application)
//	membership    that a user is in a group (association)
//	record        a document with its own ID that one dialect owns (entity)
//	document      the immutable text of a facet, group or record (payload)
//	revision      the count of writes to an object (version, optimistic lock)
//	directory     the users, groups and records of all realms (identity store)
//	store         where a directory keeps its data: SQLite or PostgreSQL (repository)
//	view, update  a transaction that reads one state; one that writes (snapshot read)
//	fault         a field and the rule it broke (validation error)
//	kind          the class of an error, of which each dialect has a status (error code)
//	secret kind   a kind of record or group whose key or body is secret (classification)
//	sealed        encrypted in the store, and opened by a key file (encrypted at rest)
//	scheme        the algorithm of a password hash (hash format)
//	gate          the limit on concurrent password hashes (bulkhead)
//	credential cache  what makes a repeated password check cheap (session cache)
//	provision     to give a user what a dialect needs of each user (provisioning)
//	seed          the first administrators and keys of an empty store (bootstrap data)
//	edge          the HTTP middleware around all dialects (front end)
//	transcript    a file of requests and their exact responses (golden test)
package core
