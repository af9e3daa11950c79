package syncano

import "strconv"

// Links are written without building strings: all their parts are characters
// that JSON takes as they are.

// at writes a link below the instance: its path, then the numbers and words given.
func (k *call) at(path string) { k.out.RawBytes(append(k.startLink(path), '"')) }

func (k *call) atID(path string, id int64, rest string) {
	k.link = strconv.AppendInt(k.startLink(path), id, 10)
	k.link = append(k.link, rest...)
	k.out.RawBytes(append(k.link, '"'))
}

func (k *call) atIDs(path string, id int64, middle string, id2 int64, rest string) {
	k.link = strconv.AppendInt(k.startLink(path), id, 10)
	k.link = strconv.AppendInt(append(k.link, middle...), id2, 10)
	k.link = append(k.link, rest...)
	k.out.RawBytes(append(k.link, '"'))
}

// atClass writes a link below a class: the path of the class, its objects, or one of them.
func (k *call) atClass(name, rest string) {
	k.link = append(k.startLink("classes/"), name...)
	k.link = append(k.link, '/')
	k.link = append(k.link, rest...)
	k.out.RawBytes(append(k.link, '"'))
}

func (k *call) atObject(class string, id int64) {
	k.link = append(k.startLink("classes/"), class...)
	k.link = append(k.link, "/objects/"...)
	k.link = strconv.AppendInt(k.link, id, 10)
	k.out.RawBytes(append(k.link, '/', '"'))
}

func (k *call) startLink(path string) []byte {
	k.link = append(k.link[:0], '"')
	k.link = append(k.link, k.prefix...)
	k.link = append(k.link, path...)
	return k.link
}
