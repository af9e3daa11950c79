package onapp

import (
	"errors"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core"
)

// maxClones is how many copies of one thing get a label by themselves.
const maxClones = 1000

// freeLabel returns the label, with a number behind it if a group of that kind has it already.
func (c *call) freeLabel(tx *core.Tx, kind, label string) (string, error) {
	try := label
	for n := 2; n < maxClones; n++ {
		_, err := tx.Group(core.GroupRef{Realm: c.realm(), Kind: kind, Key: labelKey(try)})
		if errors.Is(err, core.ErrNotFound) {
			return try, nil
		}
		if err != nil {
			return "", err
		}
		try = label + " " + strconv.Itoa(n)
	}
	return try, nil
}
