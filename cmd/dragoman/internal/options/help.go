package options

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// HelpWidth is how many characters a line of help has at most.
const HelpWidth = 100

// Help describes the flags, group by group in the order in which they were added.
// explain returns the text for a flag.
func Help(fs *pflag.FlagSet, explain func(*pflag.Flag) string) string {
	var titles []string
	groups := map[string]*pflag.FlagSet{}
	fs.VisitAll(func(f *pflag.Flag) {
		title := ""
		if of := f.Annotations[group]; len(of) > 0 {
			title = of[0]
		}
		if groups[title] == nil {
			titles = append(titles, title)
			groups[title] = pflag.NewFlagSet(title, pflag.ContinueOnError)
			groups[title].SortFlags = false
		}
		groups[title].AddFlag(shown(f, explain(f)))
	})
	slices.SortStableFunc(titles, func(a, b string) int { return min(len(a), 1) - min(len(b), 1) }) // those of no group first
	var text strings.Builder
	for _, title := range titles {
		usages := groups[title].FlagUsagesWrapped(HelpWidth)
		if title == "" {
			title = "Flags"
		}
		text.WriteString("\n" + title + ":\n" + usages)
	}
	return text.String()
}

// shown is the flag as help shows it: with the default as it was written.
func shown(f *pflag.Flag, usage string) *pflag.Flag {
	copied := *f
	copied.Usage = usage
	copied.Value = named{f.Value, f.Value.Type()}
	if _, ok := f.Annotations[negatable]; ok {
		copied.Name = "[no-]" + f.Name
	}
	return &copied
}
