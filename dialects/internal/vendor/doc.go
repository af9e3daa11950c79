// Package vendor speaks HTTP with the server of a vendor, as a careful client: with few
// requests at once, a bound on requests a second, retries with growing pauses, the pauses
// that the server asks for, and bounds on time and size. It knows no dialect and no user.
package vendor
