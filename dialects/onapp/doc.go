// Package onapp serves the users API of the OnApp control panel, in XML and in JSON.
//
// The way of a request: splitPath finds the format of the answer and routes.go the handler. The
// middleware reads the parameters, which are query and body merged, and authenticates the caller.
// The handler returns a reply or an error, and writeReply or fail writes the answer.
//
// README.md says what is served and which oddities are kept; REFERENCE.md has the facts of the
// wire.
package onapp
