package syncano

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
)

// Seed is the section "syncano" of a seed file. Existing entries are not changed.
type Seed struct {
	Accounts  []SeedAccount  `yaml:"accounts"`
	Instances []SeedInstance `yaml:"instances"`
}

// SeedAccount is an administrator of instances.
type SeedAccount struct {
	Email    string `yaml:"email"`
	Password string `yaml:"password"`
	// PasswordHash is an encoded hash of core/passwd, in place of Password.
	PasswordHash string `yaml:"password_hash"`
	// AccountKey is 40 hexadecimal digits, the last one even; "" makes a random one.
	AccountKey string `yaml:"account_key"`
	FirstName  string `yaml:"first_name"`
	LastName   string `yaml:"last_name"`
}

// SeedInstance is an instance. The one called "main" is the main realm; any
// other is a separate realm with the instance's name.
type SeedInstance struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	// Realm binds the instance to a realm that other dialects and instances may
	// share; "" is the realm described above.
	Realm string `yaml:"realm"`
	// Version is that of the API whose rules of who may do what hold under /v2/: v2,
	// or v1 or v1.1, the default, under whose rules v2 grants never more than v1.1 does.
	Version string `yaml:"version"`
	// Owner is the e-mail address of an account.
	Owner   string       `yaml:"owner"`
	Admins  []SeedAdmin  `yaml:"admins"`
	APIKeys []SeedAPIKey `yaml:"api_keys"`
}

// SeedAdmin is a further account with a role in an instance: full, write or read.
type SeedAdmin struct {
	Email string `yaml:"email"`
	Role  string `yaml:"role"`
}

// SeedAPIKey is an API key of an instance.
type SeedAPIKey struct {
	// Key is 40 hexadecimal digits, the last one odd; "" makes a random one,
	// once for an instance without keys.
	Key                string `yaml:"key"`
	Description        string `yaml:"description"`
	IgnoreACL          bool   `yaml:"ignore_acl"`
	AllowUserCreate    bool   `yaml:"allow_user_create"`
	AllowGroupCreate   bool   `yaml:"allow_group_create"`
	AllowAnonymousRead bool   `yaml:"allow_anonymous_read"`
}

// Seed creates the accounts, instances and API keys that do not exist, in one
// transaction. Its errors name the entry, as in "syncano.instances[0].name: ...".
func (d *Dialect) Seed(ctx context.Context, s Seed) error {
	apply, err := d.PrepareSeed(ctx, s)
	if err != nil {
		return err
	}
	return d.dir.Update(ctx, core.Operator(), apply)
}

// PrepareSeed is Seed as part of a larger transaction: it hashes the passwords
// and returns the function to run inside it.
func (d *Dialect) PrepareSeed(ctx context.Context, s Seed) (apply func(*core.Tx) error, err error) {
	hashes := make([]string, len(s.Accounts))
	for i, a := range s.Accounts {
		hash, err := d.seedHash(ctx, a)
		if err != nil {
			return nil, fmt.Errorf("syncano.accounts[%d]: %w", i, err)
		}
		hashes[i] = hash
	}
	return func(tx *core.Tx) error { return d.seed(tx, s, hashes) }, nil
}

func (d *Dialect) seed(tx *core.Tx, s Seed, hashes []string) error {
	for i, a := range s.Accounts {
		if err := d.seedAccount(tx, a, hashes[i]); err != nil {
			return fmt.Errorf("syncano.accounts[%d].%w", i, err)
		}
	}
	for i, in := range s.Instances {
		if err := d.seedInstance(tx, in); err != nil {
			return fmt.Errorf("syncano.instances[%d].%w", i, err)
		}
	}
	return nil
}

func (d *Dialect) seedHash(ctx context.Context, a SeedAccount) (string, error) {
	password := pystyle.Strip(a.Password)
	if a.PasswordHash != "" || password == "" {
		return a.PasswordHash, nil
	}
	existing, err := d.findByName(ctx, accountsRealm, core.Fold(pystyle.Strip(a.Email)))
	if existing != nil || err != nil {
		return "", err
	}
	return d.dir.HashPassword(ctx, password)
}

func (d *Dialect) seedAccount(tx *core.Tx, a SeedAccount, hash string) error {
	email := core.Fold(pystyle.Strip(a.Email))
	if !isEmail(email) {
		return errors.New("email: not an e-mail address")
	}
	key, kind := kindOfKey(a.AccountKey)
	if a.AccountKey != "" && kind != evenKey {
		return errors.New("account_key: must be 40 hexadecimal digits, the last one even")
	}
	_, err := tx.User(core.ByUsername(accountsRealm, email))
	if !errors.Is(err, core.ErrNotFound) {
		return err
	}
	if key == "" {
		key = newEvenKey(d.dir)
	}
	u := newAccount(email, hash, key)
	u.Name.Given, u.Name.Family = a.FirstName, a.LastName
	u.Facets.Set(Name, accountBody{Active: true}.document())
	if err := tx.AddUser(u); err != nil {
		return fmt.Errorf("email: %w", err)
	}
	return nil
}

func (d *Dialect) seedInstance(tx *core.Tx, s SeedInstance) error {
	in, err := findInstance(tx, s.Name)
	if errors.Is(err, core.ErrNotFound) {
		in, err = d.seedNewInstance(tx, s)
	}
	if err != nil {
		return err
	}
	for i, a := range s.Admins {
		if err := seedAdmin(tx, in, a); err != nil {
			return fmt.Errorf("admins[%d].%w", i, err)
		}
	}
	for i, key := range s.APIKeys {
		if err := d.seedAPIKey(tx, in, key); err != nil {
			return fmt.Errorf("api_keys[%d].%w", i, err)
		}
	}
	return nil
}

func (d *Dialect) seedNewInstance(tx *core.Tx, s SeedInstance) (*instance, error) {
	name := strings.ToLower(s.Name)
	if faults := nameFaults(name); faults != nil && d.cfg.Realms[name] == "" {
		return nil, errors.New("name: " + strings.Join(faults, " "))
	}
	owner, err := tx.User(core.ByUsername(accountsRealm, core.Fold(s.Owner)))
	if err != nil {
		return nil, fmt.Errorf("owner: %w", err)
	}
	realm, shared, err := d.seededRealm(tx, s, name)
	if err != nil {
		return nil, err
	}
	if realm.Reserved() {
		return nil, errors.New("realm: a name with a colon is reserved")
	}
	version, err := seededVersion(s.Version)
	if err != nil {
		return nil, err
	}
	return addInstance(tx, owner, name, instanceBody{Realm: realm, Shared: shared, Version: version, Description: s.Description})
}

func seededVersion(text string) (version string, err error) {
	switch text {
	case "", "v1", "v1.1":
		return "", nil
	case versionTwo:
		return versionTwo, nil
	}
	return "", errors.New("version: must be v1, v1.1 or v2")
}

func seedAdmin(tx *core.Tx, in *instance, a SeedAdmin) error {
	account, err := tx.User(core.ByUsername(accountsRealm, core.Fold(a.Email)))
	if err != nil {
		return fmt.Errorf("email: %w", err)
	}
	body := roleBody{Instance: in.row.ID, Role: roleNamed(a.Role)}
	if body.Role == noRole {
		return errors.New("role: must be full, write or read")
	}
	key := roleKey(in.row.ID, account.ID)
	_, err = tx.Record(core.RecordRef{Realm: accountsRealm, Kind: roleKind, Key: key})
	if !errors.Is(err, core.ErrNotFound) {
		return err
	}
	row := &core.Record{Realm: accountsRealm, Kind: roleKind, Key: key, Owner: account.ID, Body: document(body)}
	if err := tx.SaveRecord(row); err != nil {
		return err
	}
	return tx.SaveRecord(&core.Record{Realm: in.Realm, Kind: adminKind, Key: key})
}

func (d *Dialect) seedAPIKey(tx *core.Tx, in *instance, s SeedAPIKey) error {
	key, kind := kindOfKey(s.Key)
	switch {
	case s.Key == "":
		keys, err := keysOf(tx, in)
		if len(keys) > 0 || err != nil {
			return err
		}
		key = newAPIKey(d.dir)
	case kind != instanceKey:
		return errors.New("key: must be 40 hexadecimal digits, the last one odd")
	}
	owner, err := instanceOfKey(tx, key)
	switch {
	case err == nil && owner.row.ID != in.row.ID:
		return errors.New("key: is in use by another instance")
	case !errors.Is(err, core.ErrNotFound):
		return err
	}
	_, err = addKey(tx, in, key, apiKey{s.Description, s.IgnoreACL, s.AllowUserCreate, s.AllowGroupCreate, s.AllowAnonymousRead})
	return err
}

// FirstAccess returns a seed that lets the first administrator in, and what to
// print about it. A key's last digit tells its kind: even for an account, odd for
// an instance.
func FirstAccess(a dialects.Administrator) (Seed, dialects.FirstAccess) {
	const digits, even, odd = "0123456789abcdef", "02468ace", "13579bdf"
	accountKey := a.NewKey(digits, 39) + a.NewKey(even, 1)
	apiKey := a.NewKey(digits, 39) + a.NewKey(odd, 1)
	seed := Seed{
		Accounts: []SeedAccount{{Email: a.Email, Password: a.Password, AccountKey: accountKey}},
		Instances: []SeedInstance{{Name: "main", Owner: a.Email, APIKeys: []SeedAPIKey{{
			Key: apiKey, Description: "first", IgnoreACL: true, AllowUserCreate: true, AllowGroupCreate: true,
		}}}},
	}
	return seed, dialects.FirstAccess{
		Secrets: []dialects.Secret{{Name: "Syncano API key", Value: apiKey}, {Name: "Syncano account key", Value: accountKey}},
		Curl:    fmt.Sprintf("curl -H 'X-API-KEY: %s' %s/v1.1/instances/main/users/", apiKey, a.BaseURL),
	}
}
