package gateway

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/adoption"
	"github.com/dragoman-gateway/dragoman/dialects/syncano"
)

// Adoption names the live vendors that are asked about logins of users who are not here,
// as flags in the form of kong. The zero value has none.
type Adoption struct {
	Syncano        SyncanoFlags  `embed:"" prefix:"syncano-" group:"syncano"`
	EContext       VendorFlags   `embed:"" prefix:"econtext-" group:"econtext"`
	OnApp          VendorFlags   `embed:"" prefix:"onapp-" group:"onapp"`
	AdoptAuthority bool          `help:"Let users who are adopted at login keep the memberships at the vendor that give them rights over others, such as roles of OnApp."`
	AdoptRenumber  bool          `help:"Give a user who is adopted at login a new number if another user has that of the vendor here; otherwise they are not adopted."`
	AdoptTimeout   time.Duration `default:"3s" help:"Time that a vendor has to answer about a login of an unknown user; the logins of one address wait as long for each other."`
	AdoptRate      float64       `default:"10" help:"Logins a second that ask a vendor; more fail as if it did not exist."`
}

// VendorFlags are those of one vendor.
type VendorFlags struct {
	Upstream           string `help:"Ask this live server of the vendor, by scheme and host, about users who log in and are not here or have no password here, and keep them." placeholder:"URL"`
	UpstreamLogin      string `help:"Name to log in to that server with, to read users." placeholder:"NAME"`
	UpstreamSecretFile string `help:"File with the password or key for that server." placeholder:"FILE" type:"path"`
	UpstreamCAFile     string `name:"upstream-ca-file" help:"Certificates that sign that of that server, in PEM; default: the system's." placeholder:"FILE" type:"path"`
}

// SyncanoFlags are those of a live Syncano instance.
type SyncanoFlags struct {
	Upstream           string     `help:"Ask this live Syncano server, by scheme and host, about users who log in and are not here or have no password here, and about user keys and API keys, and keep them." placeholder:"URL"`
	UpstreamInstance   string     `help:"Instance of that server." default:"main" placeholder:"NAME"`
	UpstreamRealm      core.Realm `help:"Realm that its users go to; the instances here that show it ask that server." default:"main" placeholder:"REALM"`
	UpstreamSecretFile string     `help:"File with the key of an account with full rights in that instance." placeholder:"FILE" type:"path"`
	UpstreamCAFile     string     `name:"upstream-ca-file" help:"Certificates that sign that of that server, in PEM; default: the system's." placeholder:"FILE" type:"path"`
}

// of returns the flags of the dialect as the server to open, and its file of the secret.
func (a *Adoption) of(r *Row) (u Upstream, secretFile string) {
	v := map[string]VendorFlags{"econtext": a.EContext, "onapp": a.OnApp}[r.Name]
	u.Realm = r.realm()
	if r.Name == syncano.Name {
		s := a.Syncano
		v = VendorFlags{Upstream: s.Upstream, UpstreamSecretFile: s.UpstreamSecretFile, UpstreamCAFile: s.UpstreamCAFile}
		u.Instance, u.Realm = s.UpstreamInstance, s.UpstreamRealm
	}
	u.URL, u.Login, u.CAFile = v.Upstream, v.UpstreamLogin, v.UpstreamCAFile
	// A login waits for it, so it is asked once. The adopter bounds how many ask; each of
	// them may send a few requests at once, which must not wait for each other.
	u.Rate, u.Concurrency, u.Tries, u.MaxBody = -1, 8*adoption.Places, 1, 8<<20
	return u, v.UpstreamSecretFile
}

// vendors are the dialects whose vendors are configured.
func (g *Gateway) vendors() (names []string) {
	for _, r := range g.cfg.Rows {
		if u, _ := g.cfg.Adoption.of(r); u.URL != "" {
			names = append(names, r.Name)
		}
	}
	return names
}

// openVendors makes the directory ask the vendors that are configured.
func (g *Gateway) openVendors() error {
	a := g.cfg.Adoption
	adopter := adoption.New(adoption.Config{
		Directory: g.directory, AdoptAuthority: a.AdoptAuthority, Renumber: a.AdoptRenumber, Timeout: a.AdoptTimeout, Rate: a.AdoptRate, Log: g.cfg.Log, Now: g.now,
	})
	found := false
	for _, r := range g.cfg.Rows {
		u, secretFile := a.of(r)
		if u.URL == "" {
			continue
		}
		vendor, err := r.openVendor(u, secretFile)
		if err != nil {
			return &Error{BadSettings, fmt.Errorf("--%s-upstream: %w", r.Name, err)}
		}
		adopter.Add(r.Name, u.Realm, vendor)
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

// openVendor opens the live server.
func (r *Row) openVendor(u Upstream, secretFile string) (adoption.Vendor, error) {
	secret, err := os.ReadFile(secretFile)
	if err != nil {
		return nil, fmt.Errorf("--%s-upstream-secret-file: %w", r.Name, err)
	}
	u.Secret = strings.TrimSpace(string(secret))
	live, err := r.Upstream(u)
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
	r.Counter("dragoman_vendor_taken_total", "Of those, users whose name, address or number another user has here.", c.Taken.Load)
	r.Counter("dragoman_vendor_limited_total", "Logins that did not ask a vendor, because of --adopt-rate, or because too many asked it.", c.Limited.Load)
}
