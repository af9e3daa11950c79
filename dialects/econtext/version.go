package econtext

import "strings"

// version holds what the two generations of the vendor's server differ in as
// data. What they differ in as behaviour is marked by Dialect.v2 in the code.
type version struct {
	// The keys of each object, in the order of the wire.
	user, minimalUser, application, group, organization, minimalOrganization, apiKey, failure []string

	newUserStatus string
	userStatuses  []string
	apiKeyID      string // what the undocumented id of a new API key is called
	// Limits of lists that ask for none; 0 lists everything.
	users, groups int
}

// documented is the first generation. See REFERENCE.md, "Objects".
var documented = version{
	user:                strings.Fields("username status applications href groups apikeys id name created_at modified_at custom_data email"),
	minimalUser:         strings.Fields("username status href name custom_data created_at modified_at id email"),
	application:         strings.Fields("status href name custom_data created_at modified_at id description"),
	group:               strings.Fields("status application href name custom_data created_at modified_at id description"),
	organization:        organizationKeys,
	minimalOrganization: minimalOrganizationKeys,
	apiKey:              strings.Fields("status description secret href id name"),
	failure:             strings.Fields("status traceback elapsed errorcode result error"),
	newUserStatus:       statusUnverified,
	userStatuses:        []string{statusEnabled, statusUnverified, statusDisabled},
	apiKeyID:            "id",
}

// later is the second generation. See REFERENCE.md, "Profile v2".
var later = version{
	user: strings.Fields("id name email username custom_data href created_at modified_at password_modified_at status" +
		" organization org_admin data apikeys applications groups"),
	minimalUser: strings.Fields("id name email username custom_data href created_at modified_at password_modified_at status" +
		" organization org_admin"),
	application: strings.Fields("id name description jwt_secret status created_at modified_at data parameters" +
		" custom_data href"),
	group:               strings.Fields("id name description application status created_at modified_at data custom_data href"),
	organization:        organizationKeys,
	minimalOrganization: minimalOrganizationKeys,
	apiKey:              strings.Fields("id secret name description status created_at modified_at href"),
	failure:             strings.Fields("result elapsed status error errorcode traceback"),
	newUserStatus:       statusEnabled,
	userStatuses:        []string{statusEnabled, statusDisabled},
	apiKeyID:            "key",
	users:               50,
	groups:              25,
}

// Organizations look the same in both.
var (
	organizationKeys        = strings.Fields("id name status created_at modified_at data admins users custom_data href")
	minimalOrganizationKeys = strings.Fields("id name status created_at modified_at data custom_data href")
)

// organizationLimit is the limit of a list of organizations that asks for none, in both generations.
const organizationLimit = 50

// The words that a status can be.
const (
	statusEnabled    = "ENABLED"
	statusUnverified = "UNVERIFIED" // of users only
	statusDisabled   = "DISABLED"
)
