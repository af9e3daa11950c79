package core

import (
	"strings"
	"unicode"

	"github.com/mtibben/confusables"
	"golang.org/x/text/unicode/norm"
)

// looksLike reports whether a reader may take one name for the other.
func looksLike(name, other string) bool {
	if skeleton(name) == skeleton(other) || capitalSkeleton(name) == capitalSkeleton(other) {
		return true
	}
	return mixedLike([]rune(norm.NFKC.String(Fold(name))), []rune(norm.NFKC.String(Fold(other))))
}

// skeleton is the same for texts that look the same: see Unicode Technical Standard 39.
func skeleton(s string) string {
	return withoutDots(confusables.Skeleton(norm.NFKC.String(Fold(withoutSelectors(s)))))
}

// capitalSkeleton is the skeleton of a name before its letters are folded, which in some
// scripts look like Latin ones only as capitals.
func capitalSkeleton(s string) string {
	return withoutDots(confusables.Skeleton(Fold(confusables.Skeleton(norm.NFKC.String(withoutSelectors(s))))))
}

// withoutDots removes the dot above from letters that have one anyway.
func withoutDots(s string) string {
	return strings.NewReplacer("i\u0307", "i", "j\u0307", "j").Replace(s)
}

// withoutSelectors removes variation selectors, which choose between forms of emoji and
// show as nothing behind a letter.
func withoutSelectors(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Variation_Selector, r) {
			return -1
		}
		return r
	}, s)
}

// mixedLike reports whether name is other but for letters of scripts that have
// look-alikes of Latin ones: no table knows all of those. Some letter must be the same,
// so that a name in one foreign script is not like every name of its length. Letters of
// European languages, with marks or not, are letters of their own.
func mixedLike(name, other []rune) bool {
	if len(name) != len(other) {
		return false
	}
	same, foreign := 0, 0
	for i, r := range name {
		switch {
		case r == other[i] && unicode.IsLetter(r):
			same++
		case r == other[i]:
		case r > lastEuropean && unicode.In(r, likeLatin...) && !isMarkedLatin(r) && unicode.IsLetter(other[i]):
			foreign++
		default:
			return false
		}
	}
	return same > 0 && foreign > 0
}

// lastEuropean is the end of the block Latin Extended-A.
const lastEuropean = '\u017f'

// likeLatin are scripts with letters that look like Latin ones.
var likeLatin = []*unicode.RangeTable{
	unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu,
}

// isMarkedLatin reports whether r is an ASCII letter with marks, such as those of Vietnamese.
func isMarkedLatin(r rune) bool {
	base := []rune(norm.NFD.String(string(r)))[0]
	return base < 0x80
}
