package core

// Attribute is one named value that the customer stores with a user. Value is a
// JSON text and is never rewritten: 1.0 does not become 1.
type Attribute struct {
	Name  string
	Value string
}

// Attributes are the customer's own values, in the order in which they were first
// set, each name once. All dialects share them: a write changes only the names that
// the request has.
type Attributes []Attribute

// Get returns the JSON text of the named value, and whether there is one.
func (as Attributes) Get(name string) (string, bool) {
	for i := range as {
		if as[i].Name == name {
			return as[i].Value, true
		}
	}
	return "", false
}

// Size returns how many bytes names and values take.
func (as Attributes) Size() (n int) {
	for i := range as {
		n += len(as[i].Name) + len(as[i].Value)
	}
	return n
}

// Set replaces the named value, or adds it at the end.
func (as *Attributes) Set(name, value string) {
	for i := range *as {
		if (*as)[i].Name == name {
			(*as)[i].Value = value
			return
		}
	}
	*as = append(*as, Attribute{Name: name, Value: value})
}

// Delete removes the name, if it is there.
func (as *Attributes) Delete(name string) {
	for i := range *as {
		if (*as)[i].Name == name {
			*as = append((*as)[:i:i], (*as)[i+1:]...)
			return
		}
	}
}
