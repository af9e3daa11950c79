package upstream

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
	"github.com/dragoman-gateway/dragoman/dialects/scim"
)

// Verdict is what became of a user or a group at the server.
type Verdict string

// The verdicts. A group that is gone here is left there, unless it is to be deleted.
const (
	Created     Verdict = "created"
	Updated     Verdict = "updated"
	Unchanged   Verdict = "unchanged"
	Deactivated Verdict = "deactivated"
	Deleted     Verdict = "deleted"
	Left        Verdict = "left"
	Refused     Verdict = "refused"
)

// Verdicts are all verdicts, in the order of a summary.
func Verdicts() []Verdict {
	return []Verdict{Created, Updated, Unchanged, Deactivated, Deleted, Left, Refused}
}

// Outcome is what became of one object, as a line of a report.
type Outcome struct {
	Type    string  `json:"type"` // User or Group
	Name    string  `json:"name"`
	ID      string  `json:"id"`               // here
	Remote  string  `json:"remote,omitempty"` // there
	Verdict Verdict `json:"verdict"`
	Reason  string  `json:"reason,omitempty"` // of a refusal
}

// PushOptions say what to send. Directory and Dialect are required.
type PushOptions struct {
	Directory *core.Directory
	Dialect   *scim.Dialect
	// State is a file that remembers what was sent, so that only changes are sent again
	// and what is gone here can be ended there; "" remembers nothing.
	State string
	// DryRun asks, and changes nothing.
	DryRun bool
	// Delete deletes users and groups that are gone here, instead of deactivating users
	// and leaving groups.
	Delete bool
	// MaxGone is how many users may be gone at once; more end the push, since then the
	// store may be another one. 0 is 100.
	MaxGone int
	// Report is called for each object; nil is nothing.
	Report func(Outcome) error
}

// Summary counts the verdicts.
type Summary map[Verdict]int

// Push makes the server's users and groups those of the realm: it creates what the
// server lacks, and updates what differs. It sends no passwords. Objects that the server
// refuses are reported. Any other error ends it, and the next push goes on from there.
func (u *Upstream) Push(ctx context.Context, opts PushOptions) (Summary, error) {
	if opts.MaxGone < 1 {
		opts.MaxGone = 100
	}
	p := &push{Upstream: u, opts: opts, summary: Summary{}, users: map[string]string{}, waiting: map[int64]bool{}, seen: map[string]bool{}, empty: map[string]bool{}}
	var err error
	if p.state, err = openState(opts.State, stateTarget{u.cfg.Server.URL, string(u.cfg.Realm)}, opts.DryRun); err != nil {
		return nil, err
	}
	err = p.run(ctx)
	return p.summary, errors.Join(err, p.state.close())
}

type push struct {
	*Upstream
	opts     PushOptions
	features features
	state    *state
	summary  Summary
	users    map[string]string // ids there by ids here
	// waiting are the numbers of users whose managers have no id there yet, and whether
	// the user was created without one.
	waiting map[int64]bool
	last    bool            // no user will get an id any more
	seen    map[string]bool // state keys of what is here
	empty   map[string]bool // endpoints that list nothing when the push begins
}

// Types of resources, and their endpoints.
const (
	typeUser  = "User"
	typeGroup = "Group"
)

func endpointOf(kind string) string { return "/" + kind + "s" }

func (p *push) run(ctx context.Context) (err error) {
	if p.features, err = p.Upstream.features(ctx); err != nil {
		return err
	}
	for _, endpoint := range []string{"/Users", "/Groups"} {
		answer, err := p.ask(ctx, http.MethodGet, endpoint, url.Values{"count": {"1"}}, nil)
		if err != nil {
			return err
		}
		total, ok := member(answer, "totalResults").Int()
		p.empty[endpoint] = ok && total == 0
	}
	view := p.opts.Dialect.View(scim.Token{Realm: p.cfg.Realm})
	if err := p.each(ctx, view.Users, p.user); err != nil {
		return err
	}
	if err := p.withManagers(ctx, view); err != nil {
		return err
	}
	if err := p.each(ctx, view.Groups, p.group); err != nil {
		return err
	}
	return p.gone(ctx)
}

// listFunc reads up to limit objects behind a number; sendFunc sends one.
type (
	listFunc = func(tx *core.Tx, after int64, limit int) ([]scim.Shown, error)
	sendFunc = func(ctx context.Context, number int64, v wire.Value) (Outcome, error)
)

// pushPage is how many objects are read from the store at once.
const pushPage = 200

// each reads a list page by page, so that no transaction waits for the server.
func (p *push) each(ctx context.Context, list listFunc, send sendFunc) error {
	for after := int64(0); ; {
		page, err := p.read(ctx, list, after, pushPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, s := range page {
			o, err := p.sendOne(ctx, s, send)
			if err := p.report(o, err); err != nil {
				return err
			}
		}
		after = page[len(page)-1].Number
	}
}

func (p *push) read(ctx context.Context, list listFunc, after int64, limit int) (page []scim.Shown, err error) {
	err = p.opts.Directory.View(ctx, func(tx *core.Tx) (err error) {
		page, err = list(tx, after, limit)
		return err
	})
	return page, err
}

func (p *push) sendOne(ctx context.Context, s scim.Shown, send sendFunc) (Outcome, error) {
	v, err := wire.ParseJSON(s.JSON, limits)
	if err != nil {
		return Outcome{}, err
	}
	return send(ctx, s.Number, v)
}

// withManagers sends again the users whose managers had no id before.
func (p *push) withManagers(ctx context.Context, view *scim.Viewer) error {
	p.last = true
	for _, number := range slices.Sorted(maps.Keys(p.waiting)) {
		page, err := p.read(ctx, view.Users, number-1, 1)
		if err != nil {
			return err
		}
		if len(page) == 0 || page[0].Number != number {
			continue // it was removed meanwhile
		}
		o, err := p.sendOne(ctx, page[0], p.user)
		if p.waiting[number] && err == nil {
			continue // it was reported as created
		}
		if err := p.report(o, err); err != nil {
			return err
		}
	}
	return nil
}

// report counts an outcome, unless there is none yet. An error that concerns the object
// alone is a refusal.
func (p *push) report(o Outcome, err error) error {
	if _, refused := errors.AsType[*Error](err); refused {
		o.Verdict, o.Reason = Refused, err.Error()
	} else if err != nil || o.Verdict == "" {
		return err
	}
	p.summary[o.Verdict]++
	if p.opts.Report == nil {
		return nil
	}
	return p.opts.Report(o)
}

// user sends one user. One whose manager has no id there yet is only made sure of.
func (p *push) user(ctx context.Context, number int64, v wire.Value) (Outcome, error) {
	o := Outcome{Type: typeUser, ID: textOf(v, "id"), Name: textOf(v, "userName")}
	want, waits, err := p.userBody(ctx, v)
	if err != nil {
		return o, err
	}
	sum := digest(want)
	known := p.known(&o)
	if known.Sum == sum && !waits {
		o.Verdict = Unchanged
		return o, nil
	}
	have, err := p.find(ctx, typeUser, known.Remote, "userName", want)
	if err != nil {
		return o, err
	}
	if waits {
		p.waiting[number], sum = have.IsNull(), ""
	}
	switch {
	case have.IsNull():
		have, o.Verdict, err = p.create(ctx, typeUser, "userName", want)
	case waits:
	case sameUser(want, have):
		o.Verdict = Unchanged
	default:
		o.Verdict = Updated
		if !p.opts.DryRun {
			body := merged(want, have)
			_, err = p.ask(ctx, http.MethodPut, pathOf(typeUser, textOf(have, "id")), nil, &body)
		}
	}
	if err != nil {
		return o, err
	}
	return o, p.done(&o, textOf(have, "id"), sum)
}

// known returns what was sent of the object before, and notes that it is still here.
func (p *push) known(o *Outcome) entry {
	e := p.state.get(o.Type, o.ID)
	p.seen[e.key()] = true
	if e.Remote == "" && o.Type == typeUser {
		e.Remote = p.users[o.ID] // of this push
	}
	o.Remote = e.Remote
	if o.Type == typeUser && e.Remote != "" {
		p.users[o.ID] = e.Remote
	}
	return e
}

// done remembers what the server has now.
func (p *push) done(o *Outcome, remote, sum string) error {
	o.Remote = remote
	if o.Type == typeUser {
		p.users[o.ID] = remote
	}
	return p.state.put(entry{Type: o.Type, ID: o.ID, Name: o.Name, Remote: remote, Sum: sum})
}

func pathOf(kind, id string) string { return endpointOf(kind) + "/" + url.PathEscape(id) }

// find returns the server's object: by its id there if that is known, or else by its
// name, or else by the externalId that an earlier push gave it. Null is none.
func (p *push) find(ctx context.Context, kind, remote, naming string, want wire.Value) (wire.Value, error) {
	if remote != "" {
		v, err := p.ask(ctx, http.MethodGet, pathOf(kind, remote), nil, nil)
		if StatusOf(err) != http.StatusNotFound {
			return v, err
		}
	}
	if p.empty[endpointOf(kind)] {
		return wire.Value{}, nil
	}
	for _, attr := range []string{naming, "externalId"} {
		v, err := p.lookup(ctx, kind, attr, textOf(want, attr))
		if attr == "externalId" && StatusOf(err) == http.StatusBadRequest {
			return wire.Value{}, nil // this server cannot look it up
		}
		if err != nil || !v.IsNull() {
			return v, err
		}
	}
	return wire.Value{}, nil
}

// lookup asks for the one object with that attribute. What a server returns that does
// not know the filter is left out.
func (p *push) lookup(ctx context.Context, kind, attr, value string) (found wire.Value, err error) {
	filter := attr + " eq " + string(wire.String(value).JSON())
	answer, err := p.ask(ctx, http.MethodGet, endpointOf(kind), url.Values{"filter": {filter}}, nil)
	if err != nil {
		return found, err
	}
	matches := 0
	for _, item := range member(answer, "Resources").Items() {
		if core.Fold(textOf(item, attr)) == core.Fold(value) && textOf(item, "id") != "" {
			found, matches = item, matches+1
		}
	}
	if matches > 1 {
		return found, &Error{Request: http.MethodGet + " " + endpointOf(kind), Status: http.StatusOK, Detail: fmt.Sprintf("there are %d with this %s", matches, attr)}
	}
	return found, nil
}

// create makes the object. One that a lost answer had made already is not a conflict.
func (p *push) create(ctx context.Context, kind, naming string, body wire.Value) (wire.Value, Verdict, error) {
	if p.opts.DryRun {
		return wire.Value{}, Created, nil
	}
	made, err := p.ask(ctx, http.MethodPost, endpointOf(kind), nil, &body)
	if StatusOf(err) == http.StatusConflict {
		v, lookupErr := p.lookup(ctx, kind, naming, textOf(body, naming))
		if lookupErr == nil && textOf(v, "externalId") == textOf(body, "externalId") && !v.IsNull() {
			return v, Created, nil
		}
		return v, Refused, err
	}
	if err == nil && textOf(made, "id") == "" {
		err = &Error{Request: http.MethodPost + " " + endpointOf(kind), Status: http.StatusCreated, Detail: "the answer has no id"}
	}
	return made, Created, err
}
