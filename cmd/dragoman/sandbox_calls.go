package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/sandbox"
)

// controlOptions name a program that serves sandboxes.
type controlOptions struct {
	URL   string `name:"url" default:"http://127.0.0.1:8080" help:"Where the stand-in is." placeholder:"URL"`
	Token string `help:"Bearer token of the control API." placeholder:"TOKEN"`
}

// call sends a call of the control API and copies the answer to standard output. A
// refusal is an error.
func (o controlOptions) call(ctx context.Context, std streams, method, path string, body any) error {
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			return err
		}
		in = strings.NewReader(string(text))
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(o.URL, "/")+sandbox.ControlPrefix+"sandboxes"+path, in)
	if err != nil {
		return exitError{exitUsage, fmt.Errorf("--url: %w", err)}
	}
	if o.Token != "" {
		r.Header.Set("Authorization", "Bearer "+o.Token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("--url: no stand-in answers: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		return o.refusal(res)
	}
	_, err = io.Copy(std.out, res.Body)
	return err
}

// refusal is the error of an answer that is a problem document.
func (o controlOptions) refusal(res *http.Response) error {
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	var p struct{ Member, Detail string }
	if json.Unmarshal(text, &p) != nil || p.Detail == "" {
		return errors.New(res.Status)
	}
	shown := &sandbox.Problem{Member: p.Member, Detail: p.Detail}
	for _, n := range nearest(text) {
		shown.Detail += "; nearest: " + n
	}
	return shown
}

// nearest describes the calls that came closest to what was expected.
func nearest(text []byte) (list []string) {
	var p struct {
		Nearest []struct {
			Entry   map[string]any `json:"entry"`
			Differs []string       `json:"differs"`
		} `json:"nearest"`
	}
	_ = json.Unmarshal(text, &p) // without it nothing is listed
	for _, n := range p.Nearest {
		list = append(list, fmt.Sprintf("%v %v %v, which differs in %s", n.Entry["method"], n.Entry["path"], n.Entry["status"], strings.Join(n.Differs, ", ")))
	}
	return list
}

// sandboxName is the argument of most calls.
type sandboxName struct {
	controlOptions `embed:""`
	Name           string `arg:"" help:"Name of the sandbox."`
}

func (c *sandboxName) path(rest string) string { return "/" + url.PathEscape(c.Name) + rest }

type sandboxCreateCmd struct {
	controlOptions `embed:""`
	Name           string            `arg:"" optional:"" help:"Name, which is a host label; without it one is made."`
	Seed           string            `help:"Seed file; - is standard input." placeholder:"FILE"`
	Archive        string            `help:"Archive with what the sandbox begins with; - is standard input." placeholder:"FILE"`
	Empty          bool              `help:"Begin with nothing, not with the development seed."`
	Fork           string            `help:"Begin with the present state of this sandbox." placeholder:"NAME"`
	Set            map[string]string `help:"Settings, by the names of the flags of dragoman serve." placeholder:"FLAG=VALUE"`
	Clock          time.Time         `help:"Time at which its clock begins." placeholder:"TIME"`
	Frozen         bool              `help:"Let its clock stand still."`
	Random         uint64            `help:"Number from which its keys, ids and salts follow; 0: at random."`
	Strict         bool              `help:"Note in its journal what the vendor ignored without a word."`
	Port           bool              `help:"Give it a port of its own."`
}

// Run creates a sandbox.
func (c *sandboxCreateCmd) Run(ctx context.Context, std streams) (err error) {
	made := sandbox.Creation{
		Name: c.Name, Empty: c.Empty, Fork: c.Fork, Settings: c.Set, Clock: c.Clock, Frozen: c.Frozen,
		Random: c.Random, Strict: c.Strict, Port: c.Port,
	}
	if c.Seed != "" {
		made.Seed, err = readText(std.in, c.Seed)
	}
	if c.Archive != "" && err == nil {
		made.Archive, err = readText(std.in, c.Archive)
	}
	if err != nil {
		return err
	}
	return c.call(ctx, std, http.MethodPost, "", made)
}

type sandboxListCmd struct {
	controlOptions `embed:""`
}

// Run lists the sandboxes.
func (c *sandboxListCmd) Run(ctx context.Context, std streams) error {
	return c.call(ctx, std, http.MethodGet, "", nil)
}

type sandboxShowCmd struct {
	sandboxName `embed:""`
}

// Run shows a sandbox.
func (c *sandboxShowCmd) Run(ctx context.Context, std streams) error {
	return c.call(ctx, std, http.MethodGet, c.path(""), nil)
}

type sandboxDropCmd struct {
	sandboxName `embed:""`
}

// Run drops a sandbox.
func (c *sandboxDropCmd) Run(ctx context.Context, std streams) error {
	return c.call(ctx, std, http.MethodDelete, c.path(""), nil)
}

type sandboxResetCmd struct {
	sandboxName `embed:""`
	Snapshot    string `arg:"" optional:"" help:"Snapshot to return to; without it, the start."`
}

// Run resets a sandbox.
func (c *sandboxResetCmd) Run(ctx context.Context, std streams) error {
	return c.call(ctx, std, http.MethodPost, c.path("/reset"), map[string]string{"snapshot": c.Snapshot})
}

type sandboxSnapshotCmd struct {
	sandboxName `embed:""`
	Snapshot    string `arg:"" help:"Name of the snapshot."`
}

// Run takes a snapshot.
func (c *sandboxSnapshotCmd) Run(ctx context.Context, std streams) error {
	return c.call(ctx, std, http.MethodPost, c.path("/snapshots"), map[string]string{"name": c.Snapshot})
}

type sandboxDownloadCmd struct {
	sandboxName `embed:""`
	Snapshot    string `arg:"" default:"now" help:"Name of the snapshot; now is the present state."`
}

// Run downloads an archive.
func (c *sandboxDownloadCmd) Run(ctx context.Context, std streams) error {
	return c.call(ctx, std, http.MethodGet, c.path("/snapshots/"+url.PathEscape(c.Snapshot)), nil)
}

type sandboxUploadCmd struct {
	sandboxName `embed:""`
	Snapshot    string `arg:"" help:"Name of the snapshot."`
	File        string `arg:"" help:"Archive; - is standard input."`
}

// Run uploads an archive.
func (c *sandboxUploadCmd) Run(ctx context.Context, std streams) error {
	text, err := readText(std.in, c.File)
	if err != nil {
		return err
	}
	return c.call(ctx, std, http.MethodPut, c.path("/snapshots/"+url.PathEscape(c.Snapshot)), text)
}

type sandboxDiffCmd struct {
	sandboxName `embed:""`
	From        string `arg:"" help:"Snapshot; start is the first state."`
	To          string `arg:"" default:"now" help:"Another snapshot; now is the present state."`
}

// Run compares two snapshots.
func (c *sandboxDiffCmd) Run(ctx context.Context, std streams) error {
	return c.call(ctx, std, http.MethodGet, c.path("/snapshots/"+url.PathEscape(c.From)+"/diff?to="+url.QueryEscape(c.To)), nil)
}

type sandboxClockCmd struct {
	sandboxName `embed:""`
	Set         time.Time     `help:"Set it to this time." placeholder:"TIME"`
	Advance     time.Duration `help:"Move it forward."`
	Freeze      bool          `help:"Let it stand still." xor:"freeze"`
	Run_        bool          `name:"run" help:"Let it run." xor:"freeze"`
}

// Run shows or changes the clock.
func (c *sandboxClockCmd) Run(ctx context.Context, std streams) error {
	if c.Set.IsZero() && c.Advance == 0 && !c.Freeze && !c.Run_ {
		return c.call(ctx, std, http.MethodGet, c.path("/clock"), nil)
	}
	change := map[string]any{}
	if !c.Set.IsZero() {
		change["set"] = c.Set
	}
	if c.Advance != 0 {
		change["advance"] = c.Advance.String()
	}
	if c.Freeze || c.Run_ {
		change["frozen"] = c.Freeze
	}
	return c.call(ctx, std, http.MethodPut, c.path("/clock"), change)
}

type sandboxFaultCmd struct {
	sandboxName `embed:""`
	Fault       string `arg:"" help:"The fault as JSON, such as {\"operation\":\"users.create\",\"status\":429,\"first\":1}."`
}

// Run sets a fault.
func (c *sandboxFaultCmd) Run(ctx context.Context, std streams) error {
	return c.call(ctx, std, http.MethodPost, c.path("/faults"), c.Fault)
}

type sandboxHealCmd struct {
	sandboxName `embed:""`
}

// Run ends all faults.
func (c *sandboxHealCmd) Run(ctx context.Context, std streams) error {
	return c.call(ctx, std, http.MethodDelete, c.path("/faults"), nil)
}

type sandboxJournalCmd struct {
	sandboxName `embed:""`
	Dialect     string        `help:"Only calls of this dialect."`
	Operation   string        `help:"Only calls of this operation."`
	User        string        `help:"Only calls of this user."`
	Status      string        `help:"Only answers of this status."`
	Wait        time.Duration `help:"Wait for a call for this time."`
	Follow      bool          `help:"Show calls as they are made."`
	HAR         bool          `name:"har" help:"Show them as HAR 1.2."`
}

// Run shows the journal.
func (c *sandboxJournalCmd) Run(ctx context.Context, std streams) error {
	q := url.Values{}
	for name, value := range map[string]string{"dialect": c.Dialect, "operation": c.Operation, "user": c.User, "status": c.Status} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if c.Wait > 0 {
		q.Set("wait", c.Wait.String())
	}
	path := "/journal"
	switch {
	case c.Follow:
		path = "/journal/events"
	case c.HAR:
		path = "/journal/har"
	}
	return c.call(ctx, std, http.MethodGet, c.path(path+"?"+q.Encode()), nil)
}

type sandboxVerifyCmd struct {
	sandboxName `embed:""`
	Expected    string `arg:"" help:"What is expected as JSON, such as {\"operation\":\"users.create\",\"times\":2}."`
}

// Run verifies calls.
func (c *sandboxVerifyCmd) Run(ctx context.Context, std streams) error {
	return c.call(ctx, std, http.MethodPost, c.path("/verify"), c.Expected)
}
