package econtext

// organization shows its members by two walks through them, admins first.
func (a *answer) organization(t *thing, members listing) error {
	a.Obj()
	a.organizationHead(t)
	admins := members
	admins.admins = true
	a.RawKey("admins")
	if err := admins.array(a); err != nil {
		return err
	}
	a.RawKey("users")
	if err := members.array(a); err != nil {
		return err
	}
	a.organizationTail(t)
	a.End()
	return nil
}

func (a *answer) minimalOrganization(t *thing) {
	a.Obj()
	a.organizationHead(t)
	a.organizationTail(t)
	a.End()
}

func (a *answer) organizationHead(t *thing) {
	a.RawKey("id").Str(t.UID)
	a.RawKey("name").Str(t.Name)
	a.RawKey("status").Str(t.doc.status)
	a.times(t.CreatedAt, t.UpdatedAt)
	a.RawKey("data").Raw(t.doc.data)
}

// organizationTail shows custom_data as an object even if it is empty, unlike
// that of users, applications and groups.
func (a *answer) organizationTail(t *thing) {
	a.orEmpty(t.doc.customData)
	a.RawKey("href")
	a.href("/api/organizations/organization/", t.UID, "", "")
}

// orEmpty shows custom_data as an object even if it is empty.
func (a *answer) orEmpty(customData string) {
	a.RawKey("custom_data")
	if customData == "null" {
		a.Obj().End()
		return
	}
	a.Raw(customData)
}
