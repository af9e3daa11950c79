package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

// placeOptions say where else than below its own paths a dialect is found.
type placeOptions struct {
	Host  []string `help:"Give a dialect every path of a host name, such as api.syncano.io=syncano." placeholder:"NAME=DIALECT"`
	Mount []string `help:"Give a dialect all paths below one as well, such as onapp=/panel; its links then begin with that." placeholder:"DIALECT=/PATH"`
}

// hostNames returns the names of --host.
func (o *placeOptions) hostNames() (names []string) {
	for _, entry := range o.Host {
		name, _, _ := strings.Cut(entry, "=")
		names = append(names, edge.HostName(name))
	}
	return names
}

// checkPlaces fails for names and paths that cannot be told apart, before anything is
// opened.
func (c *serveCmd) checkPlaces() error {
	seen := map[string]string{}
	for _, entry := range c.Places.Host {
		name, dialect, _ := strings.Cut(entry, "=")
		host := edge.HostName(name)
		if before, twice := seen[host]; twice {
			return fmt.Errorf("--host %s: %s is given to %s already; give each name to one dialect", entry, host, before)
		}
		if seen[host] = dialect; host == "" || strings.ContainsAny(host, "/*") {
			return fmt.Errorf("--host %s: give NAME=DIALECT, such as api.syncano.io=syncano", entry)
		}
		if err := c.checkDialect("--host "+entry, dialect); err != nil {
			return err
		}
	}
	for i, entry := range c.Places.Mount {
		if err := c.checkMount(entry, c.Places.Mount[:i]); err != nil {
			return err
		}
	}
	return nil
}

// checkMount fails for a mount at or above or below paths that another mount, another
// dialect or the program has.
func (c *serveCmd) checkMount(entry string, others []string) error {
	dialect, path, _ := strings.Cut(entry, "=")
	if err := c.checkDialect("--mount "+entry, dialect); err != nil {
		return err
	}
	if !edge.IsPrefix(path) {
		return fmt.Errorf("--mount %s: give DIALECT=/PATH, without a slash at its end, such as onapp=/panel", entry)
	}
	for _, other := range others {
		if _, before, _ := strings.Cut(other, "="); within(path, before) || within(before, path) {
			return fmt.Errorf("--mount %s: shadows --mount %s; give paths of which none is below the other", entry, other)
		}
	}
	if within(path+"/", strings.TrimSuffix(edge.Prefix, "/")) {
		return fmt.Errorf("--mount %s: shadows %s, which is the gateway's own; give another path", entry, edge.Prefix)
	}
	for _, r := range c.rows {
		if r.Name != dialect && r.Owns(path+"/") {
			return fmt.Errorf("--mount %s: shadows paths of %s; give another path", entry, r.Name)
		}
	}
	return nil
}

func (c *serveCmd) checkDialect(flag, name string) error {
	var known []string
	for _, r := range c.rows {
		known = append(known, r.Name)
	}
	if !slices.Contains(known, name) {
		return fmt.Errorf("%s: there is no dialect %q; use one of %s", flag, name, strings.Join(known, ", "))
	}
	return nil
}

// within reports whether a path is another one or below it.
func within(path, other string) bool { return path == other || strings.HasPrefix(path, other+"/") }

// hosts returns the dialects' names by host name.
func (o *placeOptions) hosts() map[string]string {
	all := map[string]string{}
	for _, entry := range o.Host {
		host, name, _ := strings.Cut(entry, "=")
		all[edge.HostName(host)] = name
	}
	return all
}

// mounts returns the dialects' names by path.
func (o *placeOptions) mounts() map[string]string {
	all := map[string]string{}
	for _, entry := range o.Mount {
		name, path, _ := strings.Cut(entry, "=")
		all[path] = name
	}
	return all
}
