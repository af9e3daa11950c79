package syncano

import "github.com/dragoman-gateway/dragoman/core"
import "github.com/dragoman-gateway/dragoman/dialects/internal/wire"

type fileStore struct{ dir string }

func isFileName(name string) bool { return false }

func (k *call) fileURL(name string) string { return name }

func (k *call) readFile(f *field, v wire.Value) (valueInput, string) { return valueInput{}, "" }

func (k *call) lookUpFile(tx *core.Tx, in *valueInput, p *problems) error { return nil }

func (c *change) swapFile(old string, in *valueInput) error { return nil }
