package main

import (
	"encoding/base64"
	"fmt"
)

// access holds the credentials: an administrator of eContext and OnApp, and an API
// key of a Syncano instance with access to all users. The defaults match the seed
// command.
type access struct {
	Username string `default:"bench-admin" help:"Caller of eContext and OnApp." placeholder:"NAME"`
	Password string `default:"bench-admin-password-1" help:"The caller's password." placeholder:"TEXT"`
	Instance string `default:"main" help:"Syncano instance of the main realm." placeholder:"NAME"`
	APIKey   string `name:"api-key" default:"be0c4a2e81f97d365be0c4a2e81f97d365be0c41" help:"API key of that instance, with ignore_acl." placeholder:"KEY"`
}

// basic returns the header's value for Basic authentication.
func (a access) basic() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(a.Username+":"+a.Password))
}

// seed returns the seed of a gateway that accepts these credentials. Its secrets
// are public.
func (a access) seed() string {
	return fmt.Sprintf(`# For measuring only: these secrets are public.
users:
  - {username: %[1]q, email: %[1]s@bench.example.com, password: %[2]q}
syncano:
  accounts:
    - {email: %[1]s@bench.example.com, password: %[2]q}
  instances:
    - name: %[3]q
      owner: %[1]s@bench.example.com
      api_keys:
        - {key: %[4]q, description: bench, ignore_acl: true}
econtext:
  members: [%[1]q]
onapp:
  administrators:
    - {username: %[1]q}
`, a.Username, a.Password, a.Instance, a.APIKey)
}
