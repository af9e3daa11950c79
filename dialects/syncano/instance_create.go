package syncano

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/syncano/internal/schema"
)

// addInstance stores a new instance with the class user_profile. Without a
// realm it gets one that was never used before: its name, two hyphens, which no name
// of an instance has, and its id.
func addInstance(tx *core.Tx, owner *core.User, name string, body instanceBody) (*instance, error) {
	row := &core.Record{Realm: accountsRealm, Kind: instanceKind, Key: name, Owner: owner.ID, Body: document(body)}
	if err := tx.SaveRecord(row); err != nil {
		return nil, err
	}
	if body.Realm == "" {
		body.Realm = core.Realm(name + "--" + strconv.FormatInt(row.ID, 10))
		row.Body = document(body)
		if err := tx.SaveRecordKeepingUpdatedAt(row); err != nil {
			return nil, err
		}
	}
	if err := enterRealm(tx, body.Realm, row.ID); err != nil {
		return nil, err
	}
	in, err := decodeInstance(row)
	if err != nil {
		return nil, err
	}
	if err := addProfileClass(tx, in.Realm); err != nil {
		return nil, err
	}
	return in, tx.ProvisionRealm(in.Realm)
}

// realmBody is the stored form of what is known of a realm, whose name is the
// record's Key: the instances that speak for it. It stays when they are gone, so
// that no other instance gets the realm by accident.
type realmBody struct {
	Instances []int64 `json:"instances"`
}

func findRealm(tx *core.Tx, realm core.Realm) (*core.Record, realmBody, error) {
	row, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: realmKind, Key: string(realm)})
	if errors.Is(err, core.ErrNotFound) {
		return &core.Record{Realm: accountsRealm, Kind: realmKind, Key: string(realm)}, realmBody{}, nil
	}
	if err != nil {
		return nil, realmBody{}, err
	}
	body, err := core.Decoded(row.Body, decodeJSON[realmBody])
	return row, body, err
}

func enterRealm(tx *core.Tx, realm core.Realm, instance int64) error {
	if err := core.EnterRealm(tx, realm); err != nil {
		return err
	}
	row, body, err := findRealm(tx, realm)
	if err != nil {
		return err
	}
	row.Body = document(realmBody{append(body.Instances[:len(body.Instances):len(body.Instances)], instance)})
	return tx.SaveRecord(row)
}

// leaveRealm returns whether the instance was the last to speak for the realm.
func leaveRealm(tx *core.Tx, realm core.Realm, instance int64) (last bool, err error) {
	row, body, err := findRealm(tx, realm)
	if err != nil {
		return false, err
	}
	left := slices.DeleteFunc(slices.Clone(body.Instances), func(id int64) bool { return id == instance })
	row.Body = document(realmBody{left})
	return len(left) == 0, tx.SaveRecord(row)
}

func addProfileClass(tx *core.Tx, realm core.Realm) error {
	_, err := schema.FindClass(tx, realm, schema.ProfileClass)
	if !errors.Is(err, core.ErrNotFound) {
		return err
	}
	return tx.SaveRecord(&core.Record{Realm: realm, Kind: schema.ClassKind, Key: schema.ProfileClass, Body: document(schema.NewProfileClass())})
}

// seededRealm is the realm of an instance that an operator makes: the one it
// names or that is bound to the instance's name, or one with that name, unless
// another instance had that once; then "", for a fresh one.
func (d *Dialect) seededRealm(tx *core.Tx, s SeedInstance, name string) (realm core.Realm, shared bool, err error) {
	if s.Realm != "" {
		return core.Realm(s.Realm), true, nil
	}
	if realm := d.cfg.Realms[name]; realm != "" {
		return realm, true, nil
	}
	row, _, err := findRealm(tx, core.Realm(name))
	if err != nil || row.ID != 0 || d.isBound(core.Realm(name)) {
		return "", false, err
	}
	return core.Realm(name), false, nil
}

// isBound reports whether configuration gives the realm to an instance.
func (d *Dialect) isBound(realm core.Realm) bool {
	for _, bound := range d.cfg.Realms {
		if bound == realm {
			return true
		}
	}
	return false
}

// reservedName reports whether name is one that instances cannot have.
func reservedName(name string) bool {
	switch name {
	case "devcenter", "support", "sentry", "admin", "platform", "redirect", "media", "signup", "login",
		"instance_subdomain", "my_instance", "myinstance", "panel", "account", "noinstance", "public",
		"template1", "status":
		return true
	}
	return false
}

// What a name may consist of. They never change.
var (
	instanceLetters = regexp.MustCompile(`^[a-z0-9-]*$`)
	doubleHyphen    = regexp.MustCompile(`--`)
	startsWell      = regexp.MustCompile(`^[a-z]`)
	endsWell        = regexp.MustCompile(`[a-z0-9]$`)
)

// nameFaults lists every rule that a name in lower case breaks; nil for none.
func nameFaults(name string) []string {
	var faults []string
	check := func(ok bool, message string) {
		if !ok {
			faults = append(faults, message)
		}
	}
	length := utf8.RuneCountInString(name)
	check(length >= 5, "Ensure this field has at least 5 characters.")
	check(startsWell.MatchString(name), "Value has to start with a letter.")
	check(endsWell.MatchString(name), "Value has to end with a letter or a number.")
	check(length <= 64, "Ensure this value has at most 64 characters (it has "+strconv.Itoa(length)+").")
	check(instanceLetters.MatchString(name), "Enter a valid value consisting of letters, numbers, hyphens.")
	check(!doubleHyphen.MatchString(name), "Double hyphens are reserved.")
	check(!reservedName(name), msgReservedName)
	return faults
}

const msgReservedName = "Unable to use that value. Please choose a different one."

func roleNamed(word string) role {
	switch word {
	case "read":
		return readRole
	case "write":
		return writeRole
	case "full":
		return fullRole
	}
	return noRole
}
