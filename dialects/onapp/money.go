package onapp

import (
	"strconv"
	"strings"
)

// money is an amount in millionths of the panel's currency.
type money int64

const micros = 1_000_000

// parseMoney reads "500", "500.5" or "-0.000001" and truncates finer digits. ok is false for any
// other text and for amounts of a trillion or more.
func parseMoney(text string) (m money, ok bool) {
	text = strings.TrimSpace(text)
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if !isDigits(whole) || len(whole) > 12 || fraction != "" && !isDigits(fraction) {
		return 0, false
	}
	fraction = (fraction + "000000")[:6]
	units, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil {
		return 0, false
	}
	if negative {
		units = -units
	}
	return money(units), true
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// String returns the amount with a point and at least one digit after it.
func (m money) String() string {
	if m == 0 {
		return "0.0"
	}
	sign, units := "", int64(m)
	if units < 0 {
		sign, units = "-", -units
	}
	fraction := strconv.FormatInt(micros+units%micros, 10)[1:]
	fraction = strings.TrimRight(fraction, "0")
	if fraction == "" {
		fraction = "0"
	}
	return sign + strconv.FormatInt(units/micros, 10) + "." + fraction
}
