package syncano

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects"
	"github.com/dragoman-gateway/dragoman/dialects/internal/pystyle"
	"github.com/dragoman-gateway/dragoman/dialects/internal/seedentry"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// Seed is the section "syncano" of a seed file. Each entry is applied once.
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
	Owner  string      `yaml:"owner"`
	Admins []SeedAdmin `yaml:"admins"`
	// Map names the fields of users that profile fields are one and the same with:
	// email, name, given_name or family_name. Each is applied once.
	Map     map[string]core.MappedField `yaml:"map"`
	APIKeys []SeedAPIKey                `yaml:"api_keys"`
	// Groups and Classes have the fields of the requests that create them; an id of a group
	// is kept. The class user_profile, which every instance has, is changed.
	Groups  []seedentry.Entry `yaml:"groups"`
	Classes []seedentry.Entry `yaml:"classes"`
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

// Seed creates the accounts, instances and API keys that were not seeded before, in
// one transaction. Its errors name the entry, as in "syncano.instances[0].name: ...".
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
	existing, err := d.findByName(ctx, accountsRealm, pystyle.Lower(pystyle.Strip(a.Email)))
	if existing != nil || err != nil {
		return "", err
	}
	return d.dir.HashPassword(ctx, password)
}

func (d *Dialect) seedAccount(tx *core.Tx, a SeedAccount, hash string) error {
	email := pystyle.Lower(pystyle.Strip(a.Email))
	if !isEmail(email) {
		return errors.New("email: not an e-mail address")
	}
	key, kind := kindOfKey(a.AccountKey)
	if a.AccountKey != "" && kind != evenKey {
		return errors.New("account_key: must be 40 hexadecimal digits, the last one even")
	}
	if key == "" {
		key = newEvenKey(d.dir)
	}
	u := newAccount(email, hash, key)
	u.Name.Given, u.Name.Family = a.FirstName, a.LastName
	u.Facets.Set(Name, accountBody{Active: true}.document())
	if err := tx.SeedUser(u); err != nil {
		return fmt.Errorf("email: %w", err)
	}
	return nil
}

func (d *Dialect) seedInstance(tx *core.Tx, s SeedInstance) error {
	before, err := tx.BeforeSeeds()
	if err != nil {
		return err
	}
	in, err := findInstance(tx, s.Name)
	// What an instance from before seeds were remembered lacks may have been taken away.
	complete := before && err == nil
	if s.Owner != "" || errors.Is(err, core.ErrNotFound) {
		if err := d.seedOwnedInstance(tx, s); err != nil {
			return err
		}
		in, err = findInstance(tx, s.Name)
		if errors.Is(err, core.ErrNotFound) {
			return nil // it was seeded, and deleted since
		}
	}
	if err != nil {
		return err
	}
	for i, a := range s.Admins {
		if err := seedAdmin(tx, in, a, complete); err != nil {
			return fmt.Errorf("admins[%d].%w", i, err)
		}
	}
	for i, key := range s.APIKeys {
		if err := d.seedAPIKey(tx, in, key, complete); err != nil {
			return fmt.Errorf("api_keys[%d].%w", i, err)
		}
	}
	if err := d.seedObjects(tx, in, s); err != nil {
		return err
	}
	if err := core.SeedMappings(tx, in.Realm, s.Map); err != nil {
		return fmt.Errorf("map.%w", err)
	}
	return nil
}

// seedOwnedInstance creates the instance for its owner, once.
func (d *Dialect) seedOwnedInstance(tx *core.Tx, s SeedInstance) error {
	name := strings.ToLower(s.Name)
	if faults := nameFaults(name); faults != nil && d.cfg.Realms[name] == "" {
		return errors.New("name: " + strings.Join(faults, " "))
	}
	has := func(owner *core.User) (bool, error) {
		in, err := findInstance(tx, name)
		if errors.Is(err, core.ErrNotFound) {
			return false, nil
		}
		return err == nil && in.row.Owner == owner.ID, err
	}
	var refused error
	create := func(owner *core.User) error {
		refused = d.seedNewInstance(tx, s, name, owner)
		return refused
	}
	err := tx.SeedRight(accountsRealm, core.Fold(s.Owner), has, create, Name, "instance", name, core.Fold(s.Owner))
	if err != nil && refused == nil {
		return fmt.Errorf("owner: %w", err)
	}
	return err
}

func (d *Dialect) seedNewInstance(tx *core.Tx, s SeedInstance, name string, owner *core.User) error {
	in, err := findInstance(tx, name)
	switch {
	case err == nil && in.row.Owner != owner.ID:
		return errors.New("name: an instance of another account has the name")
	case !errors.Is(err, core.ErrNotFound):
		return err
	}
	realm, shared, err := d.seededRealm(tx, s, name)
	if err != nil {
		return err
	}
	if realm.Reserved() {
		return errors.New("realm: a name with a colon is reserved")
	}
	version, err := seededVersion(s.Version)
	if err != nil {
		return err
	}
	_, err = addInstance(tx, owner, name, instanceBody{Realm: realm, Shared: shared, Version: version, Description: s.Description})
	return err
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

// seedAdmin gives an account its role in the instance, once. Roles that a complete
// instance lacks were taken away.
func seedAdmin(tx *core.Tx, in *instance, a SeedAdmin, complete bool) error {
	role := roleNamed(a.Role)
	if role == noRole {
		return errors.New("role: must be full, write or read")
	}
	has := func(account *core.User) (bool, error) {
		_, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: roleKind, Key: roleKey(in.row.ID, account.ID)})
		if errors.Is(err, core.ErrNotFound) {
			return complete, nil
		}
		return err == nil, err
	}
	grant := func(account *core.User) error {
		if held, err := has(account); held || err != nil {
			return err
		}
		key := roleKey(in.row.ID, account.ID)
		body := document(roleBody{Instance: in.row.ID, Role: role})
		if err := tx.SaveRecord(&core.Record{Realm: accountsRealm, Kind: roleKind, Key: key, Owner: account.ID, Body: body}); err != nil {
			return err
		}
		return tx.SaveRecord(&core.Record{Realm: in.Realm, Kind: adminKind, Key: key})
	}
	email := core.Fold(a.Email)
	if err := tx.SeedRight(accountsRealm, email, has, grant, Name, "admin", in.row.Key, email); err != nil {
		return fmt.Errorf("email: %w", err)
	}
	return nil
}

// seedAPIKey adds a key to the instance, once. Keys that a complete instance lacks
// were taken away.
func (d *Dialect) seedAPIKey(tx *core.Tx, in *instance, s SeedAPIKey, complete bool) error {
	key, kind := kindOfKey(s.Key)
	if s.Key != "" && kind != instanceKey {
		return errors.New("key: must be 40 hexadecimal digits, the last one odd")
	}
	return tx.SeedOnce(func() error {
		if complete {
			return nil
		}
		return d.seedNewAPIKey(tx, in, key, s)
	}, Name, "api_key", in.row.Key, key)
}

func (d *Dialect) seedNewAPIKey(tx *core.Tx, in *instance, key string, s SeedAPIKey) error {
	if key == "" {
		keys, err := keysOf(tx, in)
		if len(keys) > 0 || err != nil {
			return err
		}
		key = newAPIKey(d.dir)
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

// seedObjects creates groups, and classes, which name them, in an instance.
func (d *Dialect) seedObjects(tx *core.Tx, in *instance, s SeedInstance) error {
	c := &call{d: d, instance: in, v: knownVersions[0], method: http.MethodPost}
	if s.Version == versionTwo {
		c.v = knownVersions[slices.IndexFunc(knownVersions, func(v *version) bool { return v.v2 })]
	}
	for i, e := range s.Groups {
		if err := seedGroup(c, tx, e); err != nil {
			return fmt.Errorf("groups[%d]: %w", i, explained(err))
		}
	}
	for i, e := range s.Classes {
		if err := seedClass(c, tx, e); err != nil {
			return fmt.Errorf("classes[%d]: %w", i, explained(err))
		}
	}
	return nil
}

// seedGroup creates a group, once for its name, or else its label.
func seedGroup(c *call, tx *core.Tx, e seedentry.Entry) error {
	body, err := e.Object()
	if err != nil {
		return err
	}
	g := &core.Group{Realm: c.instance.Realm, Kind: groupKind}
	if g.ID, err = e.Number(); err != nil {
		return err
	}
	input, err := readGroup(c, body)
	if err != nil {
		return err
	}
	input.apply(g)
	identity := []string{Name, "group", string(g.Realm), cmp.Or(g.Key, g.Name)}
	if seeded, err := core.Seeded(tx, identity...); seeded || err != nil {
		return err
	}
	if err := checkGroupName(tx, &core.Group{Realm: g.Realm, Key: g.Key}); err != nil {
		return err
	}
	return core.SeedGroup(tx, g, identity...)
}

// seedClass creates a class, or changes the profile class, once.
func seedClass(c *call, tx *core.Tx, e seedentry.Entry) error {
	body, err := e.Object()
	if err != nil {
		return err
	}
	name, _ := body.Get("name")
	key := strings.ToLower(name.Text())
	return tx.SeedOnce(func() error {
		if key != schema.ProfileClass {
			_, err := addClass(c, tx, body)
			return err
		}
		changed, err := changedClass(c, tx, key, body, false)
		if err == nil {
			_, err = saveClassRow(tx, c.class.Row, changed)
		}
		return err
	}, Name, "class", string(c.instance.Realm), key)
}

// FirstAccess returns a seed that lets the first administrator in, and what to
// print about it. A key's last digit tells its kind: even for an account, odd for
// an instance.
func FirstAccess(a dialects.Administrator) (Seed, dialects.FirstAccess) {
	const digits, even, odd = "0123456789abcdef", "02468ace", "13579bdf"
	accountKey := a.NewKey(digits, 39) + a.NewKey(even, 1)
	apiKey := a.NewKey(digits, 39) + a.NewKey(odd, 1)
	password := a.NewKey(digits, 32) // the account is not the user: neither's password opens the other
	seed := Seed{
		Accounts: []SeedAccount{{Email: a.Email, Password: password, AccountKey: accountKey}},
		Instances: []SeedInstance{{Name: "main", Owner: a.Email, APIKeys: []SeedAPIKey{{
			Key: apiKey, Description: "first", IgnoreACL: true, AllowUserCreate: true, AllowGroupCreate: true,
		}}}},
	}
	return seed, dialects.FirstAccess{
		Secrets: []dialects.Secret{
			{Name: "Syncano API key", Value: apiKey}, {Name: "Syncano account key", Value: accountKey},
			{Name: "Syncano account password", Value: password},
		},
		Curl: fmt.Sprintf("curl -H 'X-API-KEY: %s' %s/v1.1/instances/main/users/", apiKey, a.BaseURL),
	}
}
