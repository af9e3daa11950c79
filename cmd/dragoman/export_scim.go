package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/scim"
)

// exportPage is how many objects are read at once.
const exportPage = 500

// writeSCIM writes one moment of a realm: the users and then the groups, each in a line.
func (c *exportCmd) writeSCIM(ctx context.Context, dir *core.Directory, f *output) (string, error) {
	realm := core.MainRealm
	switch len(c.Realm) {
	case 0:
	case 1:
		realm = c.Realm[0]
	default:
		return "", errors.New("the format scim has one realm")
	}
	view := scim.New(scim.Config{Directory: dir}).View(scim.Token{Realm: realm})
	var counts [2]int
	err := dir.Snapshot(ctx, func(tx *core.Tx) error {
		w, err := f.restart()
		if err != nil {
			return err
		}
		out := bufio.NewWriter(w)
		for i, list := range []func(*core.Tx, int64, int) ([]scim.Shown, error){view.Users, view.Groups} {
			if counts[i], err = writeShown(tx, out, list); err != nil {
				return err
			}
		}
		return out.Flush()
	})
	return fmt.Sprintf("exported %d users and %d groups; SCIM shows no passwords", counts[0], counts[1]), err
}

func writeShown(tx *core.Tx, out *bufio.Writer, list func(*core.Tx, int64, int) ([]scim.Shown, error)) (n int, err error) {
	for after := int64(0); ; {
		page, err := list(tx, after, exportPage)
		if err != nil || len(page) == 0 {
			return n, err
		}
		for _, s := range page {
			if _, err := out.Write(append(s.JSON, '\n')); err != nil {
				return n, err
			}
		}
		n, after = n+len(page), page[len(page)-1].Number
	}
}
