package onapp

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// decodeStored reads a stored document into v. A member of another type than expected reads as
// absent.
func decodeStored(text []byte, v any) error {
	var syntax *json.SyntaxError
	if err := json.Unmarshal(text, v); errors.As(err, &syntax) {
		return &core.Error{Op: "decode document", Subject: dialectName, Err: err}
	}
	return nil
}

// decodeBody returns the body of a group or record, decoded once and shared.
func decodeBody[T any](doc *core.Document) (*T, error) {
	return core.Decoded(doc, func(text []byte) (*T, error) {
		v := new(T)
		if text == nil {
			return v, nil
		}
		return v, decodeStored(text, v)
	})
}

// encodeStored writes a document. It panics for a type that JSON cannot hold, which is a bug.
func encodeStored(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

func encodeBody(v any) *core.Document { return core.NewDocument(encodeStored(v)) }

// CheckUser fails if the user's facet cannot be read.
func (d *Dialect) CheckUser(u *core.User) error {
	_, err := facetOf(u)
	return err
}

// CheckGroup fails if the group cannot be read.
func (d *Dialect) CheckGroup(g *core.Group) error {
	if g.Kind == kindRole {
		_, err := roleOf(g)
		return err
	}
	return checkDocument(g.Body)
}

// CheckRecord fails if the record cannot be read.
func (d *Dialect) CheckRecord(r *core.Record) error { return checkDocument(r.Body) }

func checkDocument(doc *core.Document) error {
	if doc.Text() == nil {
		return nil
	}
	var v any
	return decodeStored(doc.Text(), &v)
}

// The functions below turn what another panel shows into what this dialect stores.

// The kinds of groups and records, for what reads another panel.
const (
	KindRole          = kindRole
	KindUserGroup     = kindUserGroup
	KindBucket        = kindBucket
	KindField         = kindField
	KindWhiteList     = kindWhiteList
	KindYubiKey       = kindYubiKey
	KindSSHKey        = kindSSHKey
	KindPayment       = kindPayment
	KindResourceLimit = kindResourceLimit
	// KeyAllFields is the key of the one record of KindField.
	KeyAllFields = keyAllFields
	// DefaultBucket is the bucket of users who were given none.
	DefaultBucket = defaultBucket
	// Name is the dialect's name.
	Name = dialectName
)

// RoleKey is what keeps the labels of roles apart.
func RoleKey(label string) string { return labelKey(label) }

// BucketsOf returns the path of buckets, their names in JSON, and whether they have access
// controls and rate cards, in a panel of that version.
func BucketsOf(panel string) (path, one string, hasItems bool, err error) {
	v, err := parseVersion(panel)
	return v.bucketPath(), v.bucketNoun().one, v >= v56, err
}

// ShownRole returns the document of a role.
func ShownRole(v wire.Value) *core.Document {
	system, _ := memberOf(v, "system").Bool()
	return encodeRole(memberOf(v, "identifier").Text(), system, shownIDs(v, "permissions", "permission"))
}

func shownIDs(v wire.Value, list, one string) []int64 {
	ids := []int64{}
	for _, item := range memberOf(v, list).Items() {
		if id, ok := memberOf(memberOf(item, one), "id").Int(); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func memberOf(v wire.Value, name string) wire.Value {
	m, _ := v.Get(name)
	return m
}

// ShownUserGroup returns the document of a user group, and of an organization if it is one.
func ShownUserGroup(v wire.Value, organization wire.Value) *core.Document {
	closed, _ := memberOf(v, "closed").Bool()
	body := userGroupBody{
		Version: 1, Identifier: memberOf(v, "identifier").Text(), Closed: closed, RoleIDs: shownIDs(v, "roles", "role"),
		BucketIDs: append(shownIDs(v, "user_buckets", "user_bucket"), shownIDs(v, "billing_plans", "billing_plan")...),
	}
	if !organization.IsNull() {
		body.Organization = &organizationBody{Values: scalars{}}
		for _, m := range organization.Members() {
			if !slices.Contains(fixedOrganizationKeys, m.Name) {
				body.Organization.Values[m.Name] = m.Value.JSON()
			}
		}
	}
	return encodeBody(body)
}

// ShownBucket returns the document of a bucket with its access controls and rate cards.
func ShownBucket(v wire.Value, controls, cards []wire.Value) *core.Document {
	price, _ := parseMoney(memberOf(v, "monthly_price").Text())
	body := bucketBody{Version: 1, Currency: memberOf(v, "currency_code").Text(), ShowPrice: shownBool(v, "show_price"), Price: price}
	body.AllowsMAK, _ = memberOf(v, "allows_mak").Bool()
	body.AllowsKMS, _ = memberOf(v, "allows_kms").Bool()
	body.AllowsOwn, _ = memberOf(v, "allows_own").Bool()
	for _, item := range controls {
		body.AccessControls = append(body.AccessControls, shownItem(item, fieldLimits))
	}
	for _, item := range cards {
		body.RateCards = append(body.RateCards, shownItem(item, fieldPrices))
	}
	for _, item := range memberOf(v, "base_resources").Items() {
		r := shownBaseResource(memberOf(item, "base_resource"))
		body.BaseResources, body.LastResource = append(body.BaseResources, r), max(body.LastResource, r.ID)
	}
	return encodeBody(body)
}

func shownItem(v wire.Value, values core.Field) bucketItem {
	target, _ := memberOf(v, "target_id").Int()
	return bucketItem{
		Type: memberOf(v, "type").Text(), ServerType: memberOf(v, "server_type").Text(), Target: target,
		Timing: memberOf(v, "timing_strategy").Text(), Values: shownScalars(v, string(values)), Preferences: shownScalars(v, "preferences"),
	}
}

func shownScalars(v wire.Value, name string) scalars {
	all := scalars{}
	for _, m := range memberOf(v, name).Members() {
		all[m.Name] = m.Value.JSON()
	}
	return all
}

func shownBaseResource(v wire.Value) baseResource {
	id, _ := memberOf(v, "id").Int()
	target, _ := memberOf(v, "target_id").Int()
	created, _ := ShownTime(v, "created_at")
	updated, _ := ShownTime(v, "updated_at")
	return baseResource{
		ID: id, Class: memberOf(v, "resource_class").Text(), Name: memberOf(v, "resource_name").Text(), Label: memberOf(v, "label").Text(),
		Unit: memberOf(v, "unit").Text(), Target: target, TargetType: memberOf(v, "target_type").Text(),
		Limits: shownScalars(v, "limits"), Prices: shownScalars(v, "prices"), CreatedAt: created, UpdatedAt: updated,
	}
}

func shownBool(v wire.Value, name string) optionalBool {
	if b, ok := memberOf(v, name).Bool(); ok {
		return optionalOf(b)
	}
	return unset
}

// ShownTime returns a time that a panel shows; zero for null.
func ShownTime(v wire.Value, name string) (time.Time, error) {
	m := memberOf(v, name)
	if m.IsNull() {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, m.Text())
	if err != nil {
		return time.Time{}, fmt.Errorf("%s is not a time", name)
	}
	return t.UTC(), nil
}

// ShownFields returns the document of the definitions of additional fields.
func ShownFields(list []wire.Value) *core.Document {
	set := fieldSet{Version: 1}
	for _, v := range list {
		id, _ := memberOf(v, "id").Int()
		set.Fields = append(set.Fields, field{
			ID: id, Name: memberOf(v, "name").Text(), DefaultValue: memberOf(v, "default_value").Text(), Type: memberOf(v, "data_type").Text(),
		})
		set.Last = max(set.Last, id)
	}
	return encodeBody(set)
}

// ShownAttributes returns a user's values of the defined additional fields, without those
// that are the default.
func ShownAttributes(v wire.Value, fields *core.Document) (core.Attributes, error) {
	set, err := decodeBody[fieldSet](fields)
	var u core.User
	if err == nil {
		assignFields(&u, set.Fields, decodeFieldInputs(v))
	}
	return u.Attributes, err
}

// ShownFacet returns the facet of a user. missingGroup is their user group if it does not exist.
func ShownFacet(v wire.Value, missingGroup int64) *core.Document {
	f := facet{facetValues: facetValues{
		Identifier: memberOf(v, "identifier").Text(), Locale: memberOf(v, "locale").Text(), TimeZone: memberOf(v, "time_zone").Text(),
		Theme: memberOf(v, "system_theme").Text(), Avatar: memberOf(v, "avatar").Text(), Bucket: ShownBucketID(v), Group: missingGroup,
		YubiKey: shownBool(v, "registered_yubikey"), Gravatar: shownBool(v, "use_gravatar"),
	}}
	f.YubiKeyText, _ = memberOf(v, "registered_yubikey").Str()
	f.ActivatedAt, _ = ShownTime(v, "activated_at")
	boxes := memberOf(v, "infoboxes")
	if show, ok := memberOf(boxes, "display_infoboxes").Bool(); ok {
		f.HideInfoboxes = !show
	}
	for _, box := range memberOf(boxes, "hidden_infoboxes").Items() {
		f.HiddenInfoboxes = append(f.HiddenInfoboxes, box.Text())
	}
	return core.NewDocument(f.encode())
}

// ShownBucketID returns the bucket of a user, by the names of all versions.
func ShownBucketID(v wire.Value) int64 {
	for _, name := range []string{"bucket_id", "billing_plan_id", "group_id"} {
		if id, ok := memberOf(v, name).Int(); ok {
			return id
		}
	}
	return 0
}

// KeepFacet returns the facet of [ShownFacet] with what the stored one has and no panel shows.
func KeepFacet(shown, stored *core.Document) (*core.Document, error) {
	f, err := core.Decoded(shown, decodeFacet)
	if err != nil || stored == nil {
		return shown, err
	}
	kept, err := core.Decoded(stored, decodeFacet)
	if err != nil {
		return nil, err
	}
	c := f.clone()
	c.stored = kept.stored
	c.Failed, c.LockedAt, c.UnlockDigest, c.FailedFrom = kept.Failed, kept.LockedAt, kept.UnlockDigest, kept.FailedFrom
	c.WhiteLists, c.Paid = kept.WhiteLists, kept.Paid
	return core.NewDocument(c.encode()), nil
}

// ShownRecord returns the document of a record of a user.
func ShownRecord(kind string, v wire.Value) *core.Document {
	switch kind {
	case kindWhiteList:
		return encodeBody(whiteListRow{1, memberOf(v, "ip").Text(), memberOf(v, "description").Text()})
	case kindYubiKey:
		return encodeBody(yubiKey{1, memberOf(v, "label").Text(), memberOf(v, "otp").Text()})
	case kindSSHKey:
		return encodeBody(sshKey{1, memberOf(v, "key").Text()})
	}
	amount, _ := parseMoney(memberOf(v, "amount").Text())
	return encodeBody(payment{1, amount, memberOf(v, "invoice_number").Text()})
}

// ShownLimits returns the document of a user's resource limits; nil if none is set.
func ShownLimits(v wire.Value) *core.Document {
	limits := map[string]int64{}
	for _, m := range v.Members() {
		if n, ok := m.Value.Int(); ok && isLimitName(m.Name) {
			limits[m.Name] = n
		}
	}
	if len(limits) == 0 {
		return nil
	}
	return encodeBody(resourceLimit{Version: 1, Limits: limits})
}

// KeepKey stores an API key that the user holds at another panel, which has proven it.
func KeepKey(tx *core.Tx, u *core.User, key string) error {
	if digest := keyDigest(key); u.Handle(handleKey) != digest {
		if u.Handle(handleKey) != "" {
			return tx.SaveRecord(&core.Record{Realm: u.Realm, Kind: kindKey, Key: digest, Owner: u.ID, Body: core.NewDocument([]byte("{}"))})
		}
		u.SetHandle(handleKey, digest)
		return tx.SaveUserKeepingUpdatedAt(u)
	}
	return nil
}

// CountRecords brings the facet of a user in step with their white list and payments.
func CountRecords(tx *core.Tx, realm core.Realm, user int64) error {
	u, err := tx.UserIncludingDeleted(core.ByID(realm, user))
	if err != nil {
		return err
	}
	rows, err := tx.CountRecords(core.RecordQuery{Realm: realm, Kind: kindWhiteList, Owners: []int64{user}})
	if err != nil {
		return err
	}
	payments, err := tx.Records(core.RecordQuery{Realm: realm, Kind: kindPayment, Owners: []int64{user}})
	if err != nil {
		return err
	}
	var paid money
	for _, r := range payments {
		p, err := decodeBody[payment](r.Body)
		if err != nil {
			return err
		}
		paid += p.Amount
	}
	return saveFacet(tx, u, func(f *facet) { f.WhiteLists, f.Paid = int64(rows), paid })
}
