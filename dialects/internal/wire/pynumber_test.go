package wire

import (
	"math"
	"strings"
	"testing"
)

// The answers were taken from CPython's json module.
func TestPythonNumbers(t *testing.T) {
	const in = "1e5,1.0,-0,-0.0,12345678901234567890123,1e16,1e15,9999999999999998.0,1e-4,1e-5,0.1,1.10," +
		"123456789.123456789,5e-324,1.7976931348623157e308,100E-2,0.0007190704345703125,1e22,123e20,-1.5e-7"
	const want = "100000.0,1.0,0,-0.0,12345678901234567890123,1e+16,1000000000000000.0,9999999999999998.0,0.0001,1e-05,0.1,1.1," +
		"123456789.12345679,5e-324,1.7976931348623157e+308,1.0,0.0007190704345703125,1e+22,1.23e+22,-1.5e-07"
	answers := strings.Split(want, ",")
	for i, raw := range strings.Split(in, ",") {
		if got := string(appendPyNumber(nil, raw)); got != answers[i] {
			t.Errorf("%s is %s, want %s", raw, got, answers[i])
		}
	}
}

func TestPythonNumberBeyondRangeStaysAsSent(t *testing.T) {
	if got := string(appendPyNumber(nil, "-1e999")); got != "-1e999" {
		t.Errorf("got %s", got)
	}
}

func TestFloatsThatJSONLacksAreNull(t *testing.T) {
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := string(AppendPyFloat(nil, f)); got != "null" {
			t.Errorf("%v is %s", f, got)
		}
	}
}
