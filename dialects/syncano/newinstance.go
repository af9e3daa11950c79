package syncano

import (
	"errors"
	"regexp"
	"strconv"
	"unicode/utf8"

	"github.com/dragoman-gateway/dragoman/core"
)

// addInstance stores a new instance with the class user_profile. Without a
// realm it gets one that nobody had before: its name, two hyphens, which no name
// of an instance has, and its id.
func addInstance(tx *core.Tx, owner *core.User, name string, body instanceBody) (*instance, error) {
	row := &core.Record{Realm: accountsRealm, Kind: instanceKind, Key: name, Owner: owner.ID, Body: document(body)}
	if err := tx.SaveRecord(row); err != nil {
		return nil, err
	}
	if body.Realm == "" {
		body.Realm = core.Realm(name + "--" + strconv.FormatInt(row.ID, 10))
		row.Body = document(body)
		if err := tx.SaveRecordQuietly(row); err != nil {
			return nil, err
		}
	}
	in, err := decodeInstance(row)
	if err != nil {
		return nil, err
	}
	return in, addProfileClass(tx, in.Realm)
}

func addProfileClass(tx *core.Tx, realm core.Realm) error {
	_, err := findClass(tx, realm, profileClass)
	if !errors.Is(err, core.ErrNotFound) {
		return err
	}
	return tx.SaveRecord(&core.Record{Realm: realm, Kind: classKind, Key: profileClass, Body: document(newProfileClass())})
}

// seededRealm is the realm of an instance that an operator makes: the bound one,
// or one with the instance's name, unless another instance had that once; then
// "", for a fresh one.
func (d *Dialect) seededRealm(tx *core.Tx, name string) (core.Realm, error) {
	if realm := d.cfg.Realms[name]; realm != "" {
		return realm, nil
	}
	for _, bound := range d.cfg.Realms {
		if string(bound) == name {
			return "", nil
		}
	}
	_, err := tx.Record(core.RecordRef{Realm: accountsRealm, Kind: realmKind, Key: name})
	if !errors.Is(err, core.ErrNotFound) {
		return "", err
	}
	return core.Realm(name), tx.SaveRecord(&core.Record{Realm: accountsRealm, Kind: realmKind, Key: name})
}

// reservedNames cannot be names of instances.
func reservedName(name string) bool {
	switch name {
	case "devcenter", "support", "sentry", "admin", "platform", "redirect", "media", "signup", "login",
		"instance_subdomain", "my_instance", "myinstance", "panel", "account", "noinstance", "public",
		"template1", "status":
		return true
	}
	return false
}

// instanceName matches what a name may consist of. It never changes.
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
