// Package syncano speaks the users side of Syncano's HTTP API, versions v1, v1.1
// and v2: accounts, instances, API keys, users, groups, the class user_profile,
// data objects and batches. README.md says what is spoken and what is not.
package syncano
