package onapp

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// DefaultVersion is the panel version that is presented unless configured.
const DefaultVersion = "6.3.0"

// version is a panel version as one number: 6.3 is 603. The third part does not matter.
type version int

// The versions at which answers change.
const (
	v21 version = 201
	v30 version = 300
	v40 version = 400
	v42 version = 402
	v50 version = 500
	v52 version = 502
	v54 version = 504
	v56 version = 506
	v64 version = 604
	v66 version = 606
)

// parseVersion reads "major.minor" with anything after it. It refuses a minor part of two digits,
// since the PHP wrapper reads 6.10 as 6.1. See REFERENCE.md, "Versions".
func parseVersion(text string) (version, error) {
	parts := strings.SplitN(text, ".", 3)
	if len(parts) < 2 {
		return 0, fmt.Errorf("onapp: version %q: want a version such as %s", text, DefaultVersion)
	}
	major, err := strconv.Atoi(parts[0])
	if err != nil || major < 2 || major > 9 {
		return 0, fmt.Errorf("onapp: version %q: the major part must be from 2 to 9", text)
	}
	minor, err := strconv.Atoi(parts[1])
	if err != nil || minor < 0 || minor > 9 {
		return 0, fmt.Errorf("onapp: version %q: the minor part must be one digit, since clients read 6.10 as 6.1", text)
	}
	return version(major*100 + minor), nil
}

// jsonTime is the form of times in JSON. See REFERENCE.md, "Dates".
func (v version) jsonTime() wire.TimeForm {
	switch {
	case v < v30:
		return wire.SecondsZ
	case v < v56:
		return wire.SecondsOffset
	}
	return wire.MillisOffset
}

// xmlTimeType is the type attribute of times in XML, unless configured.
// See REFERENCE.md, "XML output".
func (v version) xmlTimeType() string {
	if v >= v42 && v < v56 {
		return "dateTime"
	}
	return "datetime"
}

// bucketKey is the user's key that holds the bucket or billing plan.
func (v version) bucketKey() string {
	switch {
	case v < v21:
		return "group_id"
	case v < v56:
		return "billing_plan_id"
	}
	return "bucket_id"
}

// bucketPath is the path of the buckets or billing plans.
// See REFERENCE.md, "Buckets and billing plans".
func (v version) bucketPath() string {
	switch {
	case v < v52:
		return "/billing_plans"
	case v < v56:
		return "/billing/user/plans"
	}
	return "/billing/buckets"
}

func (v version) bucketNoun() noun {
	switch {
	case v < v52:
		return noun{"billing_plan", "billing_plans"}
	case v < v56:
		return noun{"user_plan", "user_plans"}
	}
	return noun{"bucket", "buckets"}
}
