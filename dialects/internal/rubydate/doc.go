// Package rubydate reads dates and times in the many forms that Ruby's Date._parse knows, as Rails'
// Time.zone.parse does: "2030-08-01T12:47:08+0200", "Thu, 01 Aug 2030 12:47:08 GMT", "01/08/2030",
// "Aug 1 2030 3pm EST". testdata/originals/dates has what Ruby itself reads.
package rubydate
