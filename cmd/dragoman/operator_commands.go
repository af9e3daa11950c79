package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/operator"
	"github.com/dragoman-gateway/dragoman/dialects/console"
	"github.com/dragoman-gateway/dragoman/dialects/gateway"
	"github.com/dragoman-gateway/dragoman/store"
)

type userCmd struct {
	List        operatorCmd[operator.ListUsers, *operator.ListUsers]     `cmd:"" help:"List users by number."`
	Show        operatorCmd[operator.ShowUser, *operator.ShowUser]       `cmd:"" help:"Show one user with groups and rights."`
	Create      operatorCmd[operator.CreateUser, *operator.CreateUser]   `cmd:"" help:"Add a user. The password is asked for, or is the first line of standard input."`
	SetPassword operatorCmd[operator.SetPassword, *operator.SetPassword] `cmd:"" help:"Give a user another password, which is asked for, or is the first line of standard input."`
	Enable      operatorCmd[operator.EnableUser, *operator.EnableUser]   `cmd:"" help:"Let a user act who was disabled or has expired."`
	Disable     operatorCmd[operator.DisableUser, *operator.DisableUser] `cmd:"" help:"Stop a user from acting, in every dialect."`
	Unlock      operatorCmd[operator.UnlockUser, *operator.UnlockUser]   `cmd:"" help:"Let a user in again who was locked out by wrong passwords."`
	EndSessions operatorCmd[operator.EndSessions, *operator.EndSessions] `cmd:"" help:"Make the keys void that applications hold for a user, such as a Syncano user key."`
	Delete      operatorCmd[operator.DeleteUser, *operator.DeleteUser]   `cmd:"" help:"Remove a user with all that is theirs."`
}

type keyCmd struct {
	List   operatorCmd[operator.ListKeys, *operator.ListKeys]   `cmd:"" help:"List keys without their secrets."`
	Create operatorCmd[operator.CreateKey, *operator.CreateKey] `cmd:"" help:"Make a key and print it, once."`
	Revoke operatorCmd[operator.RevokeKey, *operator.RevokeKey] `cmd:"" help:"Make a key useless at once."`
}

type adminCmd struct {
	Grant  operatorCmd[operator.GrantRights, *operator.GrantRights]   `cmd:"" help:"Give a user all rights in a dialect. Password and API keys stay: change those that others know first."`
	Revoke operatorCmd[operator.RevokeRights, *operator.RevokeRights] `cmd:"" help:"Take all rights over others in a dialect from a user."`
}

type realmCmd struct {
	List   operatorCmd[operator.ListRealms, *operator.ListRealms]   `cmd:"" help:"List the realms."`
	Create operatorCmd[operator.CreateRealm, *operator.CreateRealm] `cmd:"" help:"Make an empty realm."`
	Drop   operatorCmd[operator.DropRealm, *operator.DropRealm]     `cmd:"" help:"Remove a realm with all its users."`
}

type checkCmd = operatorCmd[operator.Check, *operator.Check]

type unknownCmd = operatorCmd[operator.ListUnknown, *operator.ListUnknown]

type mappingCmd struct {
	List   operatorCmd[operator.ListMappings, *operator.ListMappings]   `cmd:"" help:"Show which attributes and fields are one and the same."`
	Add    operatorCmd[operator.AddMapping, *operator.AddMapping]       `cmd:"" help:"Make an attribute and a field of all users one and the same."`
	Remove operatorCmd[operator.RemoveMapping, *operator.RemoveMapping] `cmd:"" help:"End that. Users keep both values."`
}

// operatorCmd is the command of an operation on a store that may be in use. It has
// the dialects' settings that serve has too.
type operatorCmd[T any, O interface {
	*T
	operator.Operation
}] struct {
	Operation    T `embed:""`
	operatorBase `embed:""`
}

type operatorBase struct {
	storeOption `embed:""`
	JSON        bool         `help:"Print the result as JSON."`
	Dialects    kong.Plugins `embed:""`

	rows []*gateway.Row
}

// operatorRows gives the commands of an operator the dialects.
type operatorRows interface{ setRows([]*gateway.Row) }

func (b *operatorBase) setRows(rows []*gateway.Row) {
	b.rows = rows
	for _, r := range rows {
		b.Dialects = append(b.Dialects, r.Flags())
	}
}

// Run performs the operation.
func (c *operatorCmd[T, O]) Run(ctx context.Context, std streams) error {
	op := O(&c.Operation)
	if s, ok := operator.Operation(op).(needsSecret); ok && s.NeedsSecret() {
		text, err := readSecret(std)
		if err != nil {
			return err
		}
		s.SetSecret(text)
	}
	return c.perform(ctx, op, std)
}

// perform opens the store or, if a gateway has it open, asks that.
func (b *operatorBase) perform(ctx context.Context, op operator.Operation, std streams) error {
	reply, err := b.reply(ctx, op)
	if err != nil {
		return err
	}
	if err := b.print(reply, std); err != nil || reply.Class == "" {
		return err
	}
	switch reply.Class {
	case operator.Usage:
		return exitError{exitUsage, errors.New(reply.Error)}
	case operator.NoStore:
		return exitError{exitStore, fmt.Errorf("cannot use the store: %s", redactError(errors.New(reply.Error), b.Store))}
	}
	return exitError{exitFailed, errors.New(reply.Error)}
}

func (b *operatorBase) print(reply operator.Reply, std streams) error {
	if b.JSON && reply.Data != nil {
		text, err := json.MarshalIndent(reply.Data, "", "  ")
		if err == nil {
			_, err = fmt.Fprintf(std.out, "%s\n", text)
		}
		return err
	}
	for _, line := range reply.Lines {
		if _, err := fmt.Fprintln(std.out, line); err != nil {
			return err
		}
	}
	return nil
}

func (b *operatorBase) reply(ctx context.Context, op operator.Operation) (operator.Reply, error) {
	if socket := socketOf(b.Store); socket != "" {
		reply, err := operator.Ask(ctx, socket, op)
		if !errors.Is(err, operator.ErrNoGateway) {
			return reply, err
		}
		if _, ok := op.(interface{ NeedsGateway() }); ok {
			return operator.Perform(ctx, new(operator.Store), op), nil
		}
	}
	g, err := openGateway(ctx, gateway.Config{DSN: b.Store, SealKeyFile: b.SealKeyFile, Rows: b.rows})
	if err != nil {
		return operator.Reply{}, err
	}
	defer g.Close()
	return operator.Perform(ctx, operatorStore(g), op), nil
}

func operatorStore(g *gateway.Gateway) *operator.Store {
	return &operator.Store{
		Raw: g.Store(), Directory: g.Directory(), Dialects: g.Dialects(),
		Administered: []operator.Granter{console.Operators{}}, Shown: g.Realms(),
	}
}

// socketOf returns the path of the socket of a store that is one file, else "".
func socketOf(dsn string) string {
	files, err := store.Files(dsn)
	if err != nil || len(files) == 0 {
		return ""
	}
	return operator.SocketOf(files[0])
}

// serveOperator performs the operations of commands while the gateway serves a
// store that only it can open. It returns how to end that.
func (s *server) serveOperator() (stop func()) {
	if strings.HasPrefix(s.cmd.Store, "postgres") {
		return s.saveUnknown()
	}
	socket := socketOf(s.cmd.Store)
	if socket == "" {
		return func() {}
	}
	served := operatorStore(s.gateway)
	served.Served, served.Unknown = true, s.gateway.Unknown()
	commands, err := operator.Listen(socket, served)
	if err != nil {
		s.log.Warn("commands such as dragoman user cannot use the store while it is served", "error", err.Error())
		return func() {}
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), s.limits().DrainTimeout)
		defer cancel()
		if err := commands.Close(ctx); err != nil {
			s.log.Warn("closing the socket of commands", "error", err.Error())
		}
	}
}

// unknownSaved is how often a gateway saves what its clients asked for and no dialect has,
// in a database: it has no socket to be asked by.
const unknownSaved = time.Minute

// unknownTimeout bounds how long a stop waits for the database.
const unknownTimeout = 5 * time.Second

// saveUnknown saves that until stop, and then once more.
func (s *server) saveUnknown() (stop func()) {
	save := func() {
		ctx, cancel := context.WithTimeout(context.Background(), unknownTimeout)
		defer cancel()
		if err := s.gateway.Unknown().Save(ctx, s.gateway.Store(), time.Now()); err != nil {
			s.log.Warn("what clients miss is not saved for dragoman unknown", "error", redactError(err, s.cmd.Store))
		}
	}
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(unknownSaved)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				save()
			case <-ended:
				save()
				return
			}
		}
	}()
	return func() { close(ended); <-done }
}
