package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

func listSnapshots(s *Sandbox, _ http.ResponseWriter, _ *http.Request) (int, any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return http.StatusOK, map[string]any{"snapshots": maps.Clone(s.snapshots)}, nil
}

func takeSnapshot(s *Sandbox, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	var call struct {
		Name string `json:"name"`
	}
	if err := decode(r, &call); err != nil {
		return 0, nil, err
	}
	snap, err := s.takeSnapshot(call.Name)
	return http.StatusCreated, snap, err
}

// takeSnapshot keeps the present state as a snapshot.
func (s *Sandbox) takeSnapshot(name string) (*snapshot, error) {
	if err := checkSnapshotName("name", name); err != nil {
		return nil, err
	}
	image, err := s.image()
	if err != nil {
		return nil, err
	}
	return s.keep(name, image), nil
}

// checkSnapshotName refuses names that mean the present or the first state.
func checkSnapshotName(member, name string) error {
	if !isHostLabel(name) || name == "now" || name == "start" {
		return invalid(member, "a name is 1 to 63 of a-z, 0-9 and -, not - at either end, and not now or start")
	}
	return nil
}

// archiveOf returns the archive of a snapshot; that of the present state for "now".
func (s *Sandbox) archiveOf(r *http.Request, name string) (string, error) {
	image, err := s.imageNamed(name)
	if err != nil {
		return "", err
	}
	g, err := s.open(image)
	if err != nil {
		return "", err
	}
	defer g.Close()
	return exportArchive(r.Context(), g)
}

func (s *Sandbox) imageNamed(name string) (*image, error) {
	switch name {
	case "now":
		return s.image()
	case "start":
		return s.start, nil
	}
	snap, err := s.snapshot(name)
	if err != nil {
		return nil, err
	}
	return snap.image, nil
}

func downloadSnapshot(s *Sandbox, w http.ResponseWriter, r *http.Request) (int, any, error) {
	text, err := s.archiveOf(r, r.PathValue("snapshot"))
	if err != nil {
		return 0, nil, err
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	_, _ = io.WriteString(w, text) // the client may be gone
	return 0, nil, nil
}

func uploadSnapshot(s *Sandbox, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	name := r.PathValue("snapshot")
	if err := checkSnapshotName("snapshot", name); err != nil {
		return 0, nil, err
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return 0, nil, problem(http.StatusRequestEntityTooLarge, "too-large", "", err.Error())
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return 0, nil, invalid("archive", "the archive is empty")
	}
	image, err := s.manager.prepare(r.Context(), s, content{archive: string(text)}, s.clock.Now())
	if err != nil {
		return 0, nil, err
	}
	image.age = s.nextAge() // it may hold what this sandbox has made
	return http.StatusCreated, s.keep(name, image), nil
}

// change is what differs between two states in one object.
type change struct {
	Object string         `json:"object"`
	Change string         `json:"change"` // added, removed or changed
	Fields map[string]any `json:"fields,omitempty"`
}

// diffSnapshots shows what differs between a snapshot and another, or the present state.
func diffSnapshots(s *Sandbox, _ http.ResponseWriter, r *http.Request) (int, any, error) {
	to := r.URL.Query().Get("to")
	if to == "" {
		to = "now"
	}
	before, err := s.archiveOf(r, r.PathValue("snapshot"))
	if err != nil {
		return 0, nil, err
	}
	after, err := s.archiveOf(r, to)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"changes": diff(objectsOf(before), objectsOf(after))}, nil
}

// objectsOf returns the lines of an archive by kind and identity.
func objectsOf(text string) map[string]map[string]any {
	all := map[string]map[string]any{}
	in := bufio.NewScanner(strings.NewReader(text))
	in.Buffer(nil, maxCall)
	for in.Scan() {
		var line map[string]map[string]any
		if json.Unmarshal(in.Bytes(), &line) != nil {
			continue
		}
		for kind, object := range line {
			if kind != "archive" && kind != "end" && kind != "realm" {
				all[identity(kind, object)] = object
			}
		}
	}
	return all
}

// identity names an object for a reader: a user and a file by name, others by kind and
// number.
func identity(kind string, object map[string]any) string {
	switch kind {
	case "user":
		return fmt.Sprintf("user %v of %v", object["username"], object["realm"])
	case "file":
		return fmt.Sprintf("file %v of %v", object["name"], object["realm"])
	}
	return fmt.Sprintf("%s %v %v of %v", kind, object["kind"], object["id"], object["realm"])
}

func diff(before, after map[string]map[string]any) []change {
	list := []change{}
	for name, object := range after {
		old, known := before[name]
		switch fields := changedFields(old, object); {
		case !known:
			list = append(list, change{Object: name, Change: "added"})
		case len(fields) > 0:
			list = append(list, change{name, "changed", fields})
		}
	}
	for name := range before {
		if _, there := after[name]; !there {
			list = append(list, change{Object: name, Change: "removed"})
		}
	}
	slices.SortFunc(list, func(a, b change) int { return strings.Compare(a.Object, b.Object) })
	return list
}

// changedFields has the old and the new value of each field that differs. Values of
// secrets are not shown.
func changedFields(old, now map[string]any) map[string]any {
	fields := map[string]any{}
	for name := range now {
		if !reflect.DeepEqual(old[name], now[name]) {
			fields[name] = shownChange(name, old[name], now[name])
		}
	}
	for name := range old {
		if _, there := now[name]; !there {
			fields[name] = shownChange(name, old[name], nil)
		}
	}
	return fields
}

// plainFields are the fields whose values a diff shows.
var plainFields = []string{"username", "email", "name", "given_name", "family_name", "enabled", "enabled_until", "created_at",
	"updated_at", "deleted_at", "password_changed_at", "revision", "attributes", "parent"}

func shownChange(name string, old, now any) any {
	if !slices.Contains(plainFields, name) {
		return "changed"
	}
	return map[string]any{"before": old, "after": now}
}
