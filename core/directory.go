package core

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// Config configures a Directory. Store is required. The defaults of the rest are
// the system's clock and randomness, the recommended hash, a gate for all cores,
// and no cache of verified credentials.
type Config struct {
	Store       Store
	Now         func() time.Time
	Rand        io.Reader
	Hash        passwd.Params
	Gate        *passwd.Gate
	Credentials *passwd.CredentialCache
	// Upgrade reports whether a hash of that scheme is replaced by one in the
	// current scheme when its owner logs in; nil replaces none. A new hash cannot
	// be moved back to the vendor the user came from.
	Upgrade func(passwd.Scheme) bool
	// MaxAttributes bounds the attributes of a user, in bytes of names and values: 0
	// is [DefaultMaxAttributes], below 0 means no limit. An operator's changes are not
	// bounded.
	MaxAttributes int
	// Auditor, if not nil, records every change and login.
	Auditor Auditor
	// TrustDialects leaves every decision on who may change whom to the dialects,
	// as their vendors made it: whoever may change a user in one dialect may then
	// take that user's place in all of them.
	TrustDialects bool
}

// Directory is the users, groups and records of all realms. It is safe for
// concurrent use.
type Directory struct {
	cfg    Config
	randMu sync.Mutex
	dummy  func() string
	logins *loginFailures
	// adopter is nil or does not change once the directory is in use.
	adopter Adopter
	// provisioners does not change once the directory is in use.
	provisioners []Provisioner
	// authority and what follows from it do not change either: the sources of each kind of
	// group, those kinds, sorted, and the kinds of record.
	authority        []AuthoritySource
	conferring       map[string][]AuthoritySource
	authorityKinds   []string
	guardedRecords   []string
	authorityRecords []string
}

// New makes a Directory on an open store, which it does not close.
func New(cfg Config) *Directory {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.Hash == (passwd.Params{}) {
		cfg.Hash = passwd.DefaultParams()
	}
	if cfg.MaxAttributes == 0 {
		cfg.MaxAttributes = DefaultMaxAttributes
	}
	if cfg.Gate == nil {
		cfg.Gate = passwd.NewGate(0, 64)
	}
	d := &Directory{cfg: cfg, logins: newLoginFailures(), conferring: map[string][]AuthoritySource{}}
	d.dummy = sync.OnceValue(d.makeDummy)
	return d
}

// Now returns the current time in UTC, cut to microseconds, so that every store
// returns the time it was given.
func (d *Directory) Now() time.Time { return d.cfg.Now().UTC().Truncate(time.Microsecond) }

// View runs fn on one consistent state. It may run fn again when the state changes
// meanwhile, so fn must be pure. What fn reads must not be changed.
func (d *Directory) View(ctx context.Context, fn func(*Tx) error) error {
	return d.cfg.Store.View(ctx, func(s StoreTx) error {
		tx := Tx{store: s, dir: d}
		return fn(&tx)
	})
}

// Snapshot runs fn once on one state, which stays as it is while others write. It is
// for long readings: it keeps a connection until it ends.
func (d *Directory) Snapshot(ctx context.Context, fn func(*Tx) error) error {
	return d.cfg.Store.Snapshot(ctx, func(s StoreTx) error {
		tx := Tx{store: s, dir: d}
		return fn(&tx)
	})
}

// Update runs fn in one transaction, which is committed if fn returns nil. It
// may run fn again, so fn must be pure: no hashing, no clock but Tx.Now, no side
// effects. It returns fn's error, or the store's. Every change is who's, and fails with
// Forbidden if who lacks the authority for it: see [Tx.ActorAuthority].
func (d *Directory) Update(ctx context.Context, who Actor, fn func(*Tx) error) error {
	traceActor(ctx, who)
	if err := d.auditReady(); err != nil {
		return err
	}
	names := &vendorNames{taken: map[vendorName]bool{}}
	for range maxNameRuns {
		err := d.update(ctx, who, names, fn)
		if err == nil || len(names.open) == 0 {
			return err
		}
		if err := names.ask(ctx, d); err != nil {
			return err
		}
	}
	return &Error{Kind: Busy, Op: "take names", Subject: "user"}
}

// update is Update with the names that vendors were asked about.
func (d *Directory) update(ctx context.Context, who Actor, names *vendorNames, fn func(*Tx) error) error {
	now := d.Now()
	var committed []func()
	var changes []Change
	var ran error
	err := d.cfg.Store.Update(ctx, func(s StoreTx) error {
		tx := Tx{store: s, dir: d, now: now, actor: who, names: names}
		names.open = nil
		ran = fn(&tx)
		committed, changes = tx.committed, tx.changes
		return ran
	})
	d.auditChanges(ctx, Event{Time: now, Actor: who, Changes: changes}, ran, err)
	if err != nil {
		return err
	}
	for _, done := range committed {
		done()
	}
	return nil
}

// HashPassword encodes a new password. It is slow on purpose: call it before
// Update, never inside. It fails with Busy when too many wait already.
func (d *Directory) HashPassword(ctx context.Context, plain string) (encoded string, err error) {
	gateErr := d.cfg.Gate.Do(ctx, func() {
		encoded, err = passwd.Hash(d.cfg.Hash, lockedReader{d}, plain)
	})
	if gateErr != nil {
		return "", busy("hash password", gateErr)
	}
	return encoded, err
}

// upgrade replaces an old hash, if configured, and returns the one that the user has then.
// If it fails, the old hash stays and still works.
func (d *Directory) upgrade(ctx context.Context, u *User, plain string) string {
	if d.cfg.Upgrade == nil || !d.cfg.Upgrade(passwd.Identify(u.Password)) {
		return u.Password
	}
	encoded, err := d.HashPassword(ctx, plain)
	if err != nil {
		return u.Password
	}
	kept := u.Password
	err = d.Update(ctx, Operator(), func(tx *Tx) error {
		now, err := tx.User(ByID(u.Realm, u.ID))
		if kept = u.Password; err != nil || now.Password != u.Password {
			return err
		}
		kept = encoded
		now.Password, tx.keepsSessions = encoded, true
		return tx.SaveUserKeepingUpdatedAt(now)
	})
	if err != nil {
		return u.Password
	}
	return kept
}

// makeDummy hashes a random password: for an unknown user, Verify checks against it.
func (d *Directory) makeDummy() string {
	encoded, err := passwd.Hash(d.cfg.Hash, rand.Reader, rand.Text())
	if err != nil {
		return ""
	}
	return encoded
}

func busy(op string, err error) error {
	if errors.Is(err, passwd.ErrBusy) {
		return &Error{Kind: Busy, Op: op, Err: err}
	}
	return err
}

// NewKey returns n random characters of the alphabet (at most 256 different
// bytes), each equally likely.
func (d *Directory) NewKey(alphabet string, n int) string {
	key := make([]byte, 0, n)
	limit := 256 - 256%len(alphabet) // above it, the first characters would be likelier
	for buf := make([]byte, n); len(key) < n; {
		d.read(buf)
		for _, b := range buf {
			if int(b) < limit && len(key) < n {
				key = append(key, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(key)
}

// NewUID returns a random UUID (version 4) as lower-case text.
func (d *Directory) NewUID() string {
	var b [16]byte
	d.read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	x := hex.EncodeToString(b[:])
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

// read fills b with randomness. Without any it panics: no key would be secret.
func (d *Directory) read(b []byte) {
	if _, err := (lockedReader{d}).Read(b); err != nil {
		panic("core: no randomness: " + err.Error())
	}
}

// lockedReader makes a seeded source, which is not safe for concurrent use, safe.
type lockedReader struct{ d *Directory }

func (r lockedReader) Read(b []byte) (int, error) {
	r.d.randMu.Lock()
	defer r.d.randMu.Unlock()
	return io.ReadFull(r.d.cfg.Rand, b)
}
