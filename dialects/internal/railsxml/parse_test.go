package railsxml

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// Each case is a row of the table of XML input in dialects/onapp/REFERENCE.md, or a rule beside it.
func TestParse(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"text is a string":                           {`<x>text</x>`, `{"x":"text"}`},
		"an empty element is nil":                    {`<x/>`, `{"x":null}`},
		"an element with nothing inside is nil":      {`<x></x>`, `{"x":null}`},
		"nil is nil":                                 {`<x nil="true"/>`, `{"x":null}`},
		"nil with a type is nil":                     {`<x type="integer" nil="true"></x>`, `{"x":null}`},
		"nil around blanks is nil":                   {"<x nil=\"true\">\n</x>", `{"x":null}`},
		"nil that is false is not nil":               {`<x nil="false">a</x>`, `{"x":"a"}`},
		"integer":                                    {`<x type="integer">5</x>`, `{"x":5}`},
		"integers are trimmed":                       {"<x type=\"integer\"> \n-5 </x>", `{"x":-5}`},
		"a typed element with blanks is nil":         {`<x type="integer"> </x>`, `{"x":null}`},
		"an empty typed element is nil":              {`<x type="integer"/>`, `{"x":null}`},
		"float":                                      {`<x type="float">1.50</x>`, `{"x":1.50}`},
		"decimal":                                    {`<x type="decimal">0.0</x>`, `{"x":0.0}`},
		"boolean true":                               {`<x type="boolean">true</x>`, `{"x":true}`},
		"boolean one, with blanks":                   {`<x type="boolean"> 1 </x>`, `{"x":true}`},
		"boolean anything else":                      {`<x type="boolean">yes</x>`, `{"x":false}`},
		"date":                                       {`<x type="date">2011-08-01</x>`, `{"x":"2011-08-01"}`},
		"datetime":                                   {`<x type="datetime"> 2011-08-01T12:47:08Z </x>`, `{"x":"2011-08-01T12:47:08Z"}`},
		"dateTime in the other spelling":             {`<x type="dateTime">2011-08-01 12:47:08</x>`, `{"x":"2011-08-01 12:47:08"}`},
		"string":                                     {`<x type="string"> 5 </x>`, `{"x":" 5 "}`},
		"an empty string":                            {`<x type="string"/>`, `{"x":""}`},
		"base64Binary":                               {"<x type=\"base64Binary\">aGVs\nbG8=</x>", `{"x":"hello"}`},
		"an unknown type is a string":                {`<x type="hexagon">5</x>`, `{"x":"5"}`},
		"an array":                                   {`<role_ids type="array"><role_id>1</role_id><role_id>2</role_id></role_ids>`, `{"role_ids":["1","2"]}`},
		"an array's children may have any name":      {`<role_ids type="array"><item>1</item><other>2</other></role_ids>`, `{"role_ids":["1","2"]}`},
		"an empty array":                             {`<role_ids type="array"/>`, `{"role_ids":[]}`},
		"an array with nothing inside":               {`<role_ids type="array"></role_ids>`, `{"role_ids":[]}`},
		"an array with blanks inside":                {"<role_ids type=\"array\">\n</role_ids>", `{"role_ids":[]}`},
		"an array of one":                            {`<a type="array"><b type="integer">1</b></a>`, `{"a":[1]}`},
		"a repeated tag is an array":                 {`<a><b>1</b><c/><b>2</b><b>3</b></a>`, `{"a":{"b":["1","2","3"],"c":null}}`},
		"repeated arrays are an array of arrays":     {`<a><b type="array"/><b type="array"><c>1</c></b></a>`, `{"a":{"b":[[],["1"]]}}`},
		"a hash":                                     {`<a><b>1</b></a>`, `{"a":{"b":"1"}}`},
		"a hash under an unknown type":               {`<a type="user"><b>1</b></a>`, `{"a":{"b":"1"}}`},
		"a hash ignores blanks":                      {"<a>\n  <b>1</b>\n</a>", `{"a":{"b":"1"}}`},
		"text beside elements wins":                  {`<a>text<b>1</b></a>`, `{"a":"text"}`},
		"dashes are underscores":                     {`<user-x><first-name>n</first-name><first_name>m</first_name></user-x>`, `{"user_x":{"first_name":["n","m"]}}`},
		"blanks around strings stay":                 {"<x> a\nb </x>", `{"x":" a\nb "}`},
		"blanks alone are a string":                  {`<x> </x>`, `{"x":" "}`},
		"additional fields":                          {`<additional_fields type="array"><additional_field><name>n</name><value>v</value></additional_field></additional_fields>`, `{"additional_fields":[{"name":"n","value":"v"}]}`},
		"a root that is no resource":                 {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<force>1</force>", `{"force":"1"}`},
		"the predefined entities":                    {`<x>&lt;&gt;&amp;&quot;&apos;</x>`, `{"x":"<>&\"'"}`},
		"character references":                       {`<x>&#233;&#x1F600;</x>`, `{"x":"é😀"}`},
		"CDATA is text":                              {`<x><![CDATA[<a> & ]]>b</x>`, `{"x":"<a> & b"}`},
		"comments part no text":                      {`<x>a<!-- & <y> -->b</x>`, `{"x":"ab"}`},
		"a name space prefix is dropped":             {`<u:x xmlns:u="urn:u"><u:y>1</u:y></u:x>`, `{"x":{"y":"1"}}`},
		"other attributes are ignored":               {`<x id="5"><y lang="en">1</y></x>`, `{"x":{"y":"1"}}`},
		"comments and instructions outside the root": {"<!-- a --><?php ?>\n<x>1</x>\n<!-- b -->\n<?c?>", `{"x":"1"}`},
		"a byte order mark":                          {"\xef\xbb\xbf<?xml version='1.0'?><x>1</x>", `{"x":"1"}`},
		"a declaration of ASCII":                     {`<?xml version="1.0" encoding='US-ASCII' standalone="yes"?><x>1</x>`, `{"x":"1"}`},
		"a declaration in lower case":                {`<?xml version="1.0" encoding = "utf-8"?><x>1</x>`, `{"x":"1"}`},
		"an attribute may hold a closing bracket":    {`<x a="1>2/">3</x>`, `{"x":"3"}`},
		"line ends become newlines":                  {"<x>a\r\nb</x>", `{"x":"a\nb"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(c.in), wire.Limits{})
			if err != nil || string(got.JSON()) != c.want {
				t.Errorf("got %s, %v, want %s", got.JSON(), err, c.want)
			}
		})
	}
}

func TestParseOfTheManualsExample(t *testing.T) {
	const in = `<user><email>somemail@example.com</email><user_group_id>36</user_group_id><role_ids type="array"><role_id>1</role_id></role_ids>` +
		`<additional_fields type="array"><additional_field><name>n</name><value>v</value></additional_field></additional_fields>` +
		`<suspend_at>2011-08-01 12:47:08</suspend_at><registered_yubikey>true</registered_yubikey></user>`
	const want = `{"user":{"email":"somemail@example.com","user_group_id":"36","role_ids":["1"],` +
		`"additional_fields":[{"name":"n","value":"v"}],"suspend_at":"2011-08-01 12:47:08","registered_yubikey":"true"}}`
	got, err := Parse([]byte(in), wire.Limits{})
	if err != nil || string(got.JSON()) != want {
		t.Errorf("got %s, %v", got.JSON(), err)
	}
}

// Text that is no number reads as far as it is one. What comes out must be lawful JSON: it may be stored.
func TestNumbersReadAsFarAsTheyGo(t *testing.T) {
	for in, want := range map[string][2]string{ // as integer, as decimal
		"12abc":                   {"12", "12"},
		"abc":                     {"0", "0"},
		"-":                       {"0", "0"},
		"+7":                      {"7", "7"},
		"007":                     {"7", "7"},
		"-0":                      {"0", "0"},
		"1.":                      {"1", "1"},
		".5":                      {"0", "0.5"},
		"-.5":                     {"0", "-0.5"},
		"-12.50kg":                {"-12", "-12.50"},
		"1e5":                     {"1", "1e5"},
		"1.5E-3x":                 {"1", "1.5e-3"},
		"1e":                      {"1", "1"},
		"1e99999999":              {"1", "1"},
		"12345678901234567890123": {"12345678901234567890123", "12345678901234567890123"},
	} {
		t.Run(in, func(t *testing.T) {
			if got := [2]string{leadingInteger(in), leadingDecimal(in)}; got != want {
				t.Errorf("got %v, want %v", got, want)
			}
			for _, text := range want {
				if v, err := wire.ParseJSON([]byte(text), wire.Limits{}); err != nil || v.Kind() != wire.KindNumber {
					t.Errorf("%s is no JSON number: %v", text, err)
				}
			}
		})
	}
}
