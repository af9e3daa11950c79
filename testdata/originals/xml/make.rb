# Writes xml.json: documents, and what Rails reads in them by Hash.from_xml.
#
# Run with Ruby 3.1, activesupport 6.1.7 and rexml 3.2.5: ruby make.rb > xml.json
# A document is in base64, since not all of them are UTF-8. "read" is null for one that is refused.
# "differs" says why the gateway reads a document differently, "gateway" what it reads.
require "active_support"
require "active_support/core_ext/hash/conversions"
require "base64"
require "json"

def read(document)
  Hash.from_xml(document.b)
rescue StandardError
  nil
end

DECLARED = ->(rest, version: "1.0") { "<?xml version=\"#{version}\"#{rest}?>" }
NAME = "<x>Jos\u00e9</x>"
ASCII = "<x>Jose</x>"

DOCUMENTS = {
  # Labels over UTF-8.
  "utf-16 over UTF-8" => DECLARED[' encoding="utf-16"'] + NAME,
  "UTF-16 over ASCII" => DECLARED[' encoding="UTF-16"'] + ASCII,
  "utf-16 in single quotes over UTF-8" => "<?xml version='1.0' encoding='utf-16'?>" + NAME,
  "ISO-8859-1 over ASCII" => DECLARED[' encoding="ISO-8859-1"'] + ASCII,
  "windows-1252 over ASCII" => DECLARED[' encoding="windows-1252"'] + ASCII,
  "ISO-8859-15 over ASCII" => DECLARED[' encoding="ISO-8859-15"'] + ASCII,
  "ISO-8859-1 over UTF-8" => DECLARED[' encoding="ISO-8859-1"'] + NAME,
  "Shift_JIS over ASCII" => DECLARED[' encoding="Shift_JIS"'] + ASCII,
  "an unknown label over ASCII" => DECLARED[' encoding="x-none"'] + ASCII,
  "no encoding in the label" => DECLARED[""] + NAME,
  "utf-8 and standalone" => DECLARED[' encoding="utf-8" standalone="yes"'] + NAME,
  # Other encodings.
  "Latin-1" => (DECLARED[' encoding="ISO-8859-1"'] + NAME).encode("ISO-8859-1"),
  "windows-1252" => (DECLARED[' encoding="windows-1252"'] + "<x>10 \u20ac</x>").encode("windows-1252"),
  "ISO-8859-15" => (DECLARED[' encoding="ISO-8859-15"'] + "<x>10 \u20ac</x>").encode("ISO-8859-15"),
  "windows-1251" => (DECLARED[' encoding="windows-1251"'] + "<x>\u0416</x>").encode("windows-1251"),
  "Shift_JIS" => (DECLARED[' encoding="Shift_JIS"'] + "<x>\u30bd</x>").encode("Shift_JIS"),
  "Latin-1 without a label" => (DECLARED[""] + NAME).encode("ISO-8859-1"),
  "Latin-1 under a label of UTF-8" => (DECLARED[' encoding="UTF-8"'] + NAME).encode("ISO-8859-1"),
  "UTF-16 of little end with a mark" => ("\ufeff" + DECLARED[' encoding="utf-16"'] + NAME).encode("UTF-16LE"),
  "UTF-16 of big end with a mark" => ("\ufeff" + DECLARED[' encoding="utf-16"'] + NAME).encode("UTF-16BE"),
  "UTF-16 with a mark and no declaration" => ("\ufeff" + NAME).encode("UTF-16LE"),
  "UTF-16 of little end without a mark" => (DECLARED[' encoding="UTF-16"'] + NAME).encode("UTF-16LE"),
  "a document type in UTF-16" => ("\ufeff<!DOCTYPE x [<!ENTITY e \"v\">]><x>&e;</x>").encode("UTF-16LE"),
  # What stands before and in the declaration.
  "a mark" => "\ufeff" + DECLARED[""] + NAME,
  "a blank before the declaration" => " " + DECLARED[' encoding="UTF-8"'] + NAME,
  "a newline before the declaration" => "\n" + DECLARED[' encoding="UTF-8"'] + NAME,
  "lines and tabs before the declaration" => "\r\n\t \n" + DECLARED[' encoding="UTF-8"'] + NAME,
  "a mark and a newline before the declaration" => "\ufeff\n" + DECLARED[' encoding="UTF-8"'] + NAME,
  "a newline before a declaration of Latin-1" => ("\n" + DECLARED[' encoding="ISO-8859-1"'] + NAME).encode("ISO-8859-1"),
  "a comment before the declaration" => "<!-- a -->" + DECLARED[""] + NAME,
  "version 1.1" => DECLARED[' encoding="UTF-8"', version: "1.1"] + NAME,
  "version 2.0" => DECLARED["", version: "2.0"] + NAME,
  "no version" => '<?xml encoding="UTF-8"?>' + NAME,
  "nothing declared" => "<?xml ?>" + NAME,
  "a declaration without quotes" => '<?xml version="1.0" encoding=?>' + NAME,
  "a declaration with an open quote" => '<?xml version="1.0" encoding="UTF-8?>' + NAME,
  "two declarations" => DECLARED[""] + DECLARED[""] + NAME,
  "a declaration inside the root" => "<x>" + DECLARED[""] + "a</x>",
  "a declaration after the root" => NAME + DECLARED[""],
  "an instruction whose name begins with xml" => "<?xml-stylesheet href='a'?>" + NAME,
  # References.
  "an unknown entity" => "<x>Jos&eacute;</x>",
  "several unknown entities" => "<x>&nbsp;a&euro;b&amp;&copy;</x>",
  "an unknown entity in an attribute" => '<x note="&copy;">a</x>',
  "an unknown entity beside elements" => "<x>&nbsp;<y>a</y></x>",
  "an escaped unknown entity" => "<x>&amp;nbsp;</x>",
  "an unknown entity in CDATA" => "<x><![CDATA[&nbsp; & ]]></x>",
  "an unknown entity in a comment" => "<x><!-- &nbsp; & -->a</x>",
  "an entity with a name of other letters" => "<x>&\u00e9t\u00e9;</x>",
  "an entity with a dash, a dot and a colon" => "<x>&a-b.c:d;</x>",
  "the known entities in upper case" => "<x>&AMP;&LT;</x>",
  "an entity of digits" => "<x>&1a;</x>",
  "an entity without a name" => "<x>&;</x>",
  "an ampersand alone" => "<x>a & b</x>",
  "an ampersand at the end" => "<x>a&</x>",
  "an entity left open" => "<x>&nbsp a</x>",
  "a blank in an entity" => "<x>&nb sp;</x>",
  "a decimal reference with zeros" => "<x>&#039;</x>",
  "a hexadecimal reference" => "<x>&#xe9;&#xE9;</x>",
  "a reference with a large X" => "<x>&#Xe9;</x>",
  "a reference to a control character" => "<x>&#1;</x>",
  "a reference to NUL" => "<x>&#0;</x>",
  "an ampersand alone in an attribute" => '<x note="a & b">a</x>',
  # Characters.
  "the end of CDATA in text" => "<x>a]]>b</x>",
  "the end of CDATA and more" => "<x>]]]>&gt;]]&gt;</x>",
  "a closing bracket in text" => "<x>a > b</x>",
  "the end of CDATA in an attribute" => '<x note="]]>">a</x>',
  "a control character" => "<x>a\u0001b</x>",
  "a NUL" => "<x>a\u0000b</x>",
}.freeze

TWICE = "a declaration has one place"
DIFFERS = {
  "ISO-8859-1 over UTF-8" => ["text that is UTF-8 is read as UTF-8", { "x" => "Jos\u00e9" }],
  "an unknown label over ASCII" => ["text that is UTF-8 is read as UTF-8", { "x" => "Jose" }],
  "a document type in UTF-16" => ["a document type is refused", nil],
  "a comment before the declaration" => [TWICE, nil],
  "two declarations" => [TWICE, nil],
  "a declaration inside the root" => [TWICE, nil],
  "a declaration after the root" => [TWICE, nil],
}.freeze

cases = DOCUMENTS.map do |name, document|
  why, gateway = DIFFERS[name]
  c = { name: name, document: Base64.strict_encode64(document.b), read: read(document) }
  why ? c.merge(differs: why, gateway: gateway) : c
end
puts JSON.pretty_generate(cases)
