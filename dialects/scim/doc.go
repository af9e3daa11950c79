// Package scim serves SCIM 2.0 (RFC 7642, 7643 and 7644), by which identity providers
// create, change and remove users, and any client reads them all. README.md lists
// what is supported, and what SCIM cannot carry.
package scim
