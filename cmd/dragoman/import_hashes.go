package main

import (
	"fmt"
	"strconv"

	"github.com/dragoman-gateway/dragoman/core/archive"
	"github.com/dragoman-gateway/dragoman/core/passwd"
)

// readHashFlags reads the flags that say what the hashes of a table are.
func (c *importCmd) readHashFlags() (err error) {
	c.table = archive.TableOptions{Names: c.Column, AuthenticationKey: c.OnappAuthenticationKey, Pepper: c.HashPepper}
	if c.HashLayout != "" {
		if c.table.Layout, err = passwd.ParseLayout(c.HashLayout); err != nil {
			return fmt.Errorf("--hash-layout: %w", err)
		}
	}
	if len(c.FirebaseHash) > 0 {
		c.table.Firebase, err = firebaseParameters(c.FirebaseHash)
	}
	return err
}

func firebaseParameters(given map[string]string) (*passwd.FirebaseParameters, error) {
	p := new(passwd.FirebaseParameters)
	for name, value := range given {
		var err error
		switch name {
		case "signer_key":
			p.SignerKey = value
		case "salt_separator":
			p.SaltSeparator = value
		case "rounds":
			p.Rounds, err = strconv.Atoi(value)
		case "mem_cost":
			p.MemCost, err = strconv.Atoi(value)
		default:
			return nil, fmt.Errorf("--firebase-hash: %q is not one of signer_key, salt_separator, rounds and mem_cost", name)
		}
		if err != nil {
			return nil, fmt.Errorf("--firebase-hash: %s is not a number", name)
		}
	}
	if p.SignerKey == "" || p.Rounds == 0 || p.MemCost == 0 {
		return nil, fmt.Errorf("--firebase-hash: signer_key, rounds and mem_cost are needed")
	}
	return p, nil
}
