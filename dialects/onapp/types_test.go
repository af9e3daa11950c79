package onapp

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// What a strictly typed client decodes. A key of another type is an error to it, and so is one it
// does not know here.
type (
	strictUser struct {
		ActivatedAt             *string             `json:"activated_at"`
		APIKey                  *string             `json:"api_key"`
		Avatar                  *string             `json:"avatar"`
		BucketID                *int                `json:"bucket_id"`
		CdnAccountStatus        *string             `json:"cdn_account_status"`
		CdnStatus               *string             `json:"cdn_status"`
		CreatedAt               *string             `json:"created_at"`
		DeletedAt               *string             `json:"deleted_at"`
		DiscountDueToFree       *float64            `json:"discount_due_to_free"`
		Email                   *string             `json:"email"`
		FirewallID              *int                `json:"firewall_id"`
		FirstName               *string             `json:"first_name"`
		GroupID                 *int                `json:"group_id"`
		ID                      *int                `json:"id"`
		Identifier              *string             `json:"identifier"`
		ImageTemplateGroupID    *int                `json:"image_template_group_id"`
		Infoboxes               *strictInfoboxes    `json:"infoboxes"`
		LastName                *string             `json:"last_name"`
		Locale                  *string             `json:"locale"`
		Login                   *string             `json:"login"`
		MonthlyPrice            *float64            `json:"monthly_price"`
		PasswordChangedAt       *string             `json:"password_changed_at"`
		RegisteredYubikey       *bool               `json:"registered_yubikey"`
		Status                  *string             `json:"status"`
		Supplied                *bool               `json:"supplied"`
		SuspendAt               *string             `json:"suspend_at"`
		SystemTheme             *string             `json:"system_theme"`
		TimeZone                *string             `json:"time_zone"`
		TotalAmount             *float64            `json:"total_amount"`
		TotalAmountWithDiscount *float64            `json:"total_amount_with_discount"`
		UpdatedAt               *string             `json:"updated_at"`
		UseGravatar             *bool               `json:"use_gravatar"`
		UserGroupID             *int                `json:"user_group_id"`
		OutstandingAmount       *float64            `json:"outstanding_amount"`
		PaymentAmount           *float64            `json:"payment_amount"`
		Roles                   *[]strictRoleRoot   `json:"roles"`
		UsedCpus                *int                `json:"used_cpus"`
		UsedMemory              *int                `json:"used_memory"`
		UsedCPUShares           *int                `json:"used_cpu_shares"`
		UsedDiskSize            *int                `json:"used_disk_size"`
		UsedIPAddresses         *[]string           `json:"used_ip_addresses"`
		MemoryAvailable         *float64            `json:"memory_available"`
		DiskSpaceAvailable      *float64            `json:"disk_space_available"`
		AdditionalFields        *[]strictAdditional `json:"additional_fields"`
	}
	strictInfoboxes struct {
		DisplayInfoboxes bool     `json:"display_infoboxes"`
		HiddenInfoboxes  []string `json:"hidden_infoboxes"`
	}
	strictAdditional struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	strictRoleRoot struct {
		Role strictRole `json:"role"`
	}
	strictRole struct {
		CreatedAt   string                 `json:"created_at"`
		ID          int                    `json:"id"`
		Identifier  string                 `json:"identifier"`
		Label       string                 `json:"label"`
		System      bool                   `json:"system"`
		UpdatedAt   string                 `json:"updated_at"`
		UsersCount  int                    `json:"users_count"`
		Permissions []strictPermissionRoot `json:"permissions"`
	}
	strictPermissionRoot struct {
		Permission struct {
			CreatedAt  string `json:"created_at"`
			ID         int    `json:"id"`
			Identifier string `json:"identifier"`
			Label      string `json:"label"`
			UpdatedAt  string `json:"updated_at"`
		} `json:"permission"`
	}
	strictGroup struct {
		Closed            bool             `json:"closed"`
		CreatedAt         string           `json:"created_at"`
		FederationEnabled bool             `json:"federation_enabled"`
		FederationID      *string          `json:"federation_id"`
		HypervisorID      *int             `json:"hypervisor_id"`
		ID                int              `json:"id"`
		Identifier        string           `json:"identifier"`
		Label             string           `json:"label"`
		Traded            bool             `json:"traded"`
		UpdatedAt         string           `json:"updated_at"`
		BucketID          *int             `json:"bucket_id"`
		UserBuckets       []strictInGroup  `json:"user_buckets"`
		Roles             []strictRoleRoot `json:"roles"`
	}
	strictInGroup struct {
		UserBucket strictBucket `json:"user_bucket"`
	}
	strictBucket struct {
		ID                  int     `json:"id"`
		Label               string  `json:"label"`
		CreatedAt           string  `json:"created_at"`
		UpdatedAt           string  `json:"updated_at"`
		CurrencyCode        string  `json:"currency_code"`
		ShowPrice           *bool   `json:"show_price"`
		MonthlyPrice        float64 `json:"monthly_price"`
		AllowsMak           bool    `json:"allows_mak"`
		AllowsKms           bool    `json:"allows_kms"`
		AllowsOwn           bool    `json:"allows_own"`
		AssociatedWithUsers int     `json:"associated_with_users"`
	}
	strictWhiteRow struct {
		CreatedAt   string  `json:"created_at"`
		Description *string `json:"description"`
		ID          int     `json:"id"`
		IP          string  `json:"ip"`
		UpdatedAt   string  `json:"updated_at"`
		UserID      int     `json:"user_id"`
	}
	strictYubikey struct {
		CreatedAt string  `json:"created_at"`
		ID        int     `json:"id"`
		Label     *string `json:"label"`
		LastUsed  *string `json:"last_used"`
		OTP       string  `json:"otp"`
		UpdatedAt string  `json:"updated_at"`
		UserID    int     `json:"user_id"`
	}
	strictField struct {
		ID           int    `json:"id"`
		Name         string `json:"name"`
		DefaultValue string `json:"default_value"`
		DataType     string `json:"data_type"`
	}
	strictPayment struct {
		CreatedAt     string  `json:"created_at"`
		UpdatedAt     string  `json:"updated_at"`
		Amount        string  `json:"amount"`
		ID            int     `json:"id"`
		InvoiceNumber *string `json:"invoice_number"`
		UserID        int     `json:"user_id"`
		PayerID       int     `json:"payer_id"`
	}
)

// writeEverything writes everything as text, as billing modules and query-string clients do.
func writeEverything(w *fixture) {
	w.do("POST /user_additional_fields.json", `{"user_additional_field":{"name":"shoe","default_value":40,"data_type":"integer"}}`)
	w.do("POST /user_groups.json", `{"user_group":{"label":"staff","role_ids":["2"],"user_bucket_ids":["1"]}}`)
	w.do("PUT /users/3.json", `{"user":{"user_group_id":"1","bucket_id":"1","role_ids":["1","2"],"registered_yubikey":"true",
		"use_gravatar":"1","display_infoboxes":"0","suspend_at":"2031-08-01 12:47:08","time_zone":7,"first_name":true,
		"additional_fields":{"shoe":42}}}`)
	w.do("POST /users/3/payments.json", `{"payment":{"amount":500,"invoice_number":7}}`)
	w.do("POST /users/3/user_white_lists.json", `{"ip":"0.0.0.0/0"}`)
	w.do("POST /users/3/yubi_keys.json", `{"label":1,"otp":"ccccccbchvthlivuitriujjifivbvtrjkjfirllluurj"}`)
}

func TestNothingIsEchoedUncast(t *testing.T) {
	w := newFixture(t)
	writeEverything(w)
	for line, into := range map[string]any{
		"GET /users/3.json":                   &map[string]strictUser{},
		"GET /users.json":                     &[]map[string]strictUser{},
		"GET /users.json?short":               &[]map[string]strictUser{},
		"GET /users.json?page=1&per_page=2":   &[]map[string]strictUser{},
		"GET /user_groups/1/users.json":       &[]map[string]strictUser{},
		"GET /profile.json":                   &map[string]strictUser{},
		"POST /users/3/suspend.json":          &map[string]strictUser{},
		"POST /users/3/activate.json":         &map[string]strictUser{},
		"POST /users/3/make_new_api_key.json": &map[string]strictUser{},
		"GET /roles.json":                     &[]map[string]strictRole{},
		"GET /roles/2.json":                   &map[string]strictRole{},
		"GET /permissions.json":               &[]strictPermissionRoot{},
		"GET /user_groups.json":               &[]map[string]strictGroup{},
		"GET /user_groups/1.json":             &map[string]strictGroup{},
		"GET /billing/buckets.json":           &[]map[string]strictBucket{},
		"GET /billing/buckets/1.json":         &map[string]strictBucket{},
		"GET /users/3/user_white_lists.json":  &[]map[string]strictWhiteRow{},
		"GET /users/3/yubi_keys.json":         &[]map[string]strictYubikey{},
		"GET /user_additional_fields.json":    &[]map[string]strictField{},
		"GET /users/3/payments.json":          &[]map[string]strictPayment{},
		"GET /version.json":                   &map[string]string{},
		"GET /users/3/monthly_bills.json":     &[]map[string]any{},
		"POST /users/validate_login.json": &struct {
			Valid   bool
			Message string
		}{},
		"GET /settings/locales.json": &[]map[string]map[string]string{},
	} {
		decoder := json.NewDecoder(w.do(line, "").Body)
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestAFullUserHasNoNullButWhatCannotBeSet(t *testing.T) {
	w := newFixture(t)
	writeEverything(w)
	var body struct{ User strictUser }
	if err := json.Unmarshal(w.do("GET /users/3.json", "").Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	null := map[string]bool{
		"api_key": true, "avatar": true, "deleted_at": true, "firewall_id": true, "group_id": true,
		"image_template_group_id": true, "system_theme": true,
	}
	v := reflect.ValueOf(body.User)
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("json")
		if v.Field(i).IsNil() != null[name] {
			t.Errorf("%s: null is %v", name, v.Field(i).IsNil())
		}
	}
	if *body.User.UserGroupID != 1 || *body.User.PaymentAmount != 500 || (*body.User.AdditionalFields)[0].Value != "42" {
		t.Errorf("%+v", body.User)
	}
}

func TestXMLNamesTheSameThings(t *testing.T) {
	w := newFixture(t)
	writeEverything(w)
	for _, path := range []string{"/users/3", "/users", "/roles/2", "/user_groups/1", "/billing/buckets/1", "/users/3/payments", "/billing/user/payments", "/version", "/users/3/user_statistics"} {
		inJSON := keysOfJSON(t, w.do("GET "+path+".json", "").Body.String())
		inXML := w.do("GET "+path+".xml", "").Body.String()
		for _, key := range inJSON {
			if !strings.Contains(inXML, "<"+key+">") && !strings.Contains(inXML, "<"+key+" ") {
				t.Errorf("%s: %s is in JSON only", path, key)
			}
		}
	}
}

func keysOfJSON(t *testing.T, text string) (keys []string) {
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, inner := range v {
				keys = append(keys, k)
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	walk(v)
	return keys
}
