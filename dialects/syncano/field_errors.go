package syncano

import "github.com/dragoman-gateway/dragoman/dialects/internal/wire"

// problems are the faults of a body, in the order in which they are reported.
type problems struct{ list []problem }

type problem struct {
	field    string
	messages []string
	nested   *problems
}

// add adds messages to those that the field has.
func (p *problems) add(field string, messages ...string) {
	if len(messages) == 0 {
		return
	}
	for i := range p.list {
		if p.list[i].field == field && p.list[i].nested == nil {
			p.list[i].messages = append(p.list[i].messages, messages...)
			return
		}
	}
	p.list = append(p.list, problem{field: field, messages: messages})
}

func (p *problems) nest(field string, nested *problems) {
	if len(nested.list) > 0 {
		p.list = append(p.list, problem{field: field, nested: nested})
	}
}

// err is p if there is any fault.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	return p
}

// Error is for the log.
func (p *problems) Error() string {
	text := "400"
	for _, one := range p.list {
		text += " " + one.field
	}
	return text
}

func (p *problems) write(o *wire.Enc) {
	o.Obj()
	for _, one := range p.list {
		o.Key(one.field)
		if one.nested != nil {
			one.nested.write(o)
			continue
		}
		o.Arr()
		for _, m := range one.messages {
			o.Str(m)
		}
		o.End()
	}
	o.End()
}
