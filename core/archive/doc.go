// Package archive is the lossless form of a store's content: lines of JSON that
// hold every realm, group, user, membership, record and file with the numbers, dates,
// hashes and keys they have. README.md describes the form for those who write one
// by hand.
//
// [Export] writes an archive, [NewReader] reads one, and [Importer] applies the
// lines of any [Source] to a store.
package archive

// Version is the newest version of the form that this package reads and writes. An
// archive without files is written in version 1.
const Version = 2

// MaxLine is the longest line that is read, in bytes.
const MaxLine = 64 << 20
