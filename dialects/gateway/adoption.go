package gateway

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/adoption"
)

// Adoption names the live vendors that are asked about logins of users who are not here,
// as flags in the form of kong. The zero value has none.
type Adoption struct {
	EContext       VendorFlags   `embed:"" prefix:"econtext-" group:"econtext"`
	OnApp          VendorFlags   `embed:"" prefix:"onapp-" group:"onapp"`
	AdoptAuthority bool          `help:"Let users who are adopted at login keep the memberships at the vendor that give them rights over others, such as roles of OnApp."`
	AdoptTimeout   time.Duration `default:"3s" help:"Time that a login of an unknown user waits for the vendor."`
	AdoptRate      float64       `default:"10" help:"Logins a second that ask a vendor; more fail as if it did not exist."`
}

// VendorFlags are those of one vendor.
type VendorFlags struct {
	Upstream           string `help:"Ask this live server of the vendor, by scheme and host, about users who log in and are not here or have no password here, and keep them." placeholder:"URL"`
	UpstreamLogin      string `help:"Name to log in to that server with, to read users." placeholder:"NAME"`
	UpstreamSecretFile string `help:"File with the password or key for that server." placeholder:"FILE" type:"path"`
	UpstreamCAFile     string `name:"upstream-ca-file" help:"Certificates that sign that of that server, in PEM; default: the system's." placeholder:"FILE" type:"path"`
}

// of returns the flags of the dialect.
func (a *Adoption) of(dialect string) VendorFlags {
	return map[string]VendorFlags{"econtext": a.EContext, "onapp": a.OnApp}[dialect]
}

// openVendors makes the directory ask the vendors that are configured.
func (g *Gateway) openVendors() error {
	a := g.cfg.Adoption
	adopter := adoption.New(adoption.Config{
		Directory: g.directory, AdoptAuthority: a.AdoptAuthority, Timeout: a.AdoptTimeout, Rate: a.AdoptRate, Log: g.cfg.Log, Now: g.now,
	})
	found := false
	for _, r := range g.cfg.Rows {
		v := a.of(r.Name)
		if v.Upstream == "" {
			continue
		}
		vendor, err := r.openVendor(v, a)
		if err != nil {
			return &Error{BadSettings, fmt.Errorf("--%s-upstream: %w", r.Name, err)}
		}
		adopter.Add(r.Name, r.realm(), vendor)
		found = true
	}
	if !found {
		return nil
	}
	g.directory.SetAdopter(adopter)
	if g.registry != nil {
		registerAdoption(Registrar{g.registry}, &adopter.Counts)
	}
	return nil
}

// openVendor opens the live server. A login waits for it, so it is asked once.
func (r *Row) openVendor(v VendorFlags, a Adoption) (adoption.Vendor, error) {
	secret, err := os.ReadFile(v.UpstreamSecretFile)
	if err != nil {
		return nil, fmt.Errorf("--%s-upstream-secret-file: %w", r.Name, err)
	}
	live, err := r.Upstream(Upstream{
		URL: v.Upstream, Login: v.UpstreamLogin, Secret: strings.TrimSpace(string(secret)), CAFile: v.UpstreamCAFile,
		Rate: -1, Concurrency: 8, Realm: r.realm(), Tries: 1,
	})
	if err != nil {
		return nil, err
	}
	vendor, ok := live.(adoption.Vendor)
	if !ok {
		return nil, fmt.Errorf("this vendor cannot be asked about logins")
	}
	return vendor, nil
}

func registerAdoption(r Registrar, c *adoption.Counts) {
	r.Counter("dragoman_vendor_asked_total", "Logins for which a vendor was asked.", c.Asked.Load)
	r.Counter("dragoman_vendor_adopted_total", "Logins that a vendor has proven and whose users are here now.", c.Adopted.Load)
	r.Counter("dragoman_vendor_refused_total", "Logins that a vendor refused.", c.Refused.Load)
	r.Counter("dragoman_vendor_failed_total", "Logins about which a vendor could not be asked, or whose users could not be stored.", c.Failed.Load)
	r.Counter("dragoman_vendor_limited_total", "Logins that did not ask a vendor, because of --adopt-rate.", c.Limited.Load)
}
