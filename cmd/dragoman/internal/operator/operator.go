// Package operator holds what the operator does to a store by the command line: with
// users, keys, rights and realms. The same code runs in the command, on a store that
// is not in use, and in the gateway that serves it, which listens on a socket beside
// the store.
package operator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/gateway/unknown"
)

// Store is an open store.
type Store struct {
	// Raw is the store itself.
	Raw core.Store
	// Directory is what stands on it.
	Directory *core.Directory
	// Dialects are those that are registered with the directory.
	Dialects []dialects.Dialect
	// Administered are the places besides the dialects in which users can have rights.
	Administered []Granter
	// Shown are the realms that dialects show by their settings.
	Shown []core.Realm
	// Served says that clients use it now.
	Served bool
	// Unknown counts what clients ask for and no dialect has.
	Unknown *unknown.Requests
}

// Operation is one command. Its exported fields are its arguments, in the form that
// both the command line and JSON fill.
type Operation interface {
	Do(ctx context.Context, s *Store) (Result, error)
}

// Result is what an operation answers.
type Result struct {
	// Lines are for a terminal.
	Lines []string
	// Data is the same for programs.
	Data any
	// Failed, if not "", says why the command fails although it has a result.
	Failed string
}

// Misuse is an error of arguments that cannot be.
type Misuse struct{ Text string }

func (e *Misuse) Error() string { return e.Text }

func misuse(format string, args ...any) error { return &Misuse{fmt.Sprintf(format, args...)} }

// Class is the class of a failure.
type Class string

// The classes.
const (
	Failed  Class = "failed"
	Usage   Class = "usage" // of arguments
	NoStore Class = "store" // of the store
)

// Reply is the outcome of an operation, as it is sent.
type Reply struct {
	Lines []string        `json:"lines"`
	Data  json.RawMessage `json:"data"`
	Class Class           `json:"class,omitempty"`
	Error string          `json:"error,omitempty"`
}

// Perform runs the operation. It has no error of its own: that is part of the reply.
func Perform(ctx context.Context, s *Store, op Operation) Reply {
	ctx = dialects.WithRequestInfo(ctx, dialects.RequestInfo{Dialect: "command", Operation: func() string { return nameOf(op) }})
	result, err := op.Do(ctx, s)
	if err != nil {
		return Reply{Class: classOf(err), Error: err.Error()}
	}
	data, err := json.Marshal(result.Data)
	if err != nil {
		return Reply{Class: Failed, Error: err.Error()}
	}
	reply := Reply{Lines: result.Lines, Data: data, Error: result.Failed}
	if result.Failed != "" {
		reply.Class = Failed
	}
	return reply
}

func classOf(err error) Class {
	var m *Misuse
	switch kind := core.KindOf(err); {
	case errors.As(err, &m):
		return Usage
	case core.AsError(err) != nil && kind != core.Internal && kind != core.Busy:
		return Failed
	case errors.As(err, new(*refused)):
		return Failed
	}
	return NoStore
}

// refused is an error of a store that can be read and written well.
type refused struct{ text string }

func (e *refused) Error() string { return e.text }

func refuse(format string, args ...any) error { return &refused{fmt.Sprintf(format, args...)} }

// operations are all operations, empty.
func operations() []Operation {
	return []Operation{
		new(Check), new(ListUnknown),
		new(ListUsers), new(ShowUser), new(CreateUser), new(SetPassword), new(EnableUser), new(DisableUser),
		new(UnlockUser), new(EndSessions), new(DeleteUser),
		new(ListKeys), new(CreateKey), new(RevokeKey),
		new(GrantRights), new(RevokeRights),
		new(ListRealms), new(CreateRealm), new(DropRealm),
		new(ListMappings), new(AddMapping), new(RemoveMapping),
	}
}

// nameOf is the operation's name on the socket.
func nameOf(op Operation) string { return reflect.TypeOf(op).Elem().Name() }

// named returns a new operation of the name.
func named(name string) (Operation, error) {
	for _, op := range operations() {
		if nameOf(op) == name {
			return op, nil
		}
	}
	return nil, misuse("the gateway does not know the operation %q: it is of another version", name)
}

// update runs fn in one transaction of the operator.
func (s *Store) update(ctx context.Context, fn func(*core.Tx) error) error {
	return s.Directory.Update(ctx, core.Operator(), fn)
}
