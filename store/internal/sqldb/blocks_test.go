package sqldb

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/core"
)

// However far behind a page is, no more users than a block has are walked over.
func TestAFarPagePassesOverBlocks(t *testing.T) {
	t.Parallel()
	const blocks = 500
	first := scope(3).row(0) >> blockBits
	for _, desc := range []bool{false, true} {
		for _, offset := range []int{2048, 100_000, 900_000, 1_023_000, 1_100_000} {
			p := passing{q: core.UserQuery{Desc: desc, Offset: offset}}
			for i := range int64(blocks) {
				block := first + i
				if desc {
					block = first + blocks - 1 - i
				}
				p.add(block, blockCount{2048, 48})
			}
			left, bound := offset%2000, int64(offset/2000)<<blockBits-1
			if offset > 2000*blocks {
				left, bound = offset-2000*blocks, blocks<<blockBits-1
			}
			if desc {
				bound = max(blocks<<blockBits-bound-1, 1)
			}
			if p.q.Offset != left || p.q.AfterID+p.q.BeforeID != bound || p.sum != (blockCount{2048 * blocks, 48 * blocks}) {
				t.Errorf("descending %v, behind %d: %d are walked over, between %d and %d; want %d from %d",
					desc, offset, p.q.Offset, p.q.AfterID, p.q.BeforeID, left, bound)
			}
		}
	}
}
