package core

// Attribute is one named value that the customer keeps about a person. Value is
// one JSON text, kept as it was written: 1.0 does not become 1.
type Attribute struct {
	Name  string
	Value string
}

// Attributes is the customer's own named data, in the order it was written, each
// name once. It is the same bag in every dialect: a write touches only the names
// that the request speaks of.
type Attributes []Attribute

// Get returns the JSON text of the named value and whether it is there.
func (as Attributes) Get(name string) (string, bool) {
	for i := range as {
		if as[i].Name == name {
			return as[i].Value, true
		}
	}
	return "", false
}

// Set replaces the named value in its place, or adds it at the end.
func (as *Attributes) Set(name, value string) {
	for i := range *as {
		if (*as)[i].Name == name {
			(*as)[i].Value = value
			return
		}
	}
	*as = append(*as, Attribute{Name: name, Value: value})
}

// Delete takes the name away.
func (as *Attributes) Delete(name string) {
	for i := range *as {
		if (*as)[i].Name == name {
			*as = append((*as)[:i:i], (*as)[i+1:]...)
			return
		}
	}
}
