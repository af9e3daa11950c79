package django

// Bool reads the words for true and false. ok is false for any other text; case counts as shown.
func Bool(text string) (value, ok bool) {
	switch text {
	case "t", "T", "y", "Y", "yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1", "1.0":
		return true, true
	case "f", "F", "n", "N", "no", "NO", "false", "False", "FALSE", "off", "Off", "OFF", "0", "0.0":
		return false, true
	}
	return false, false
}
