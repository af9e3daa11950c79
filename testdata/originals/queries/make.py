"""Writes odd.json: odd query strings, and what three frameworks read in them.

Run with Python 3.11, Django 3.2, Falcon 3.1, Ruby 3.1 and Rack 2.2 installed:

    python3 make.py

Bytes are written as the characters U+0000 to U+00FF. Django up to 3.1 also splits at ";", so the
semicolons become "&" before its QueryDict reads them. Falcon 1.4 splits lists at commas, which 3.1
does when it is told to. Rack 2.2 reads names and splits as Rack 1.6 does.
"""
import json, subprocess
import django
from django.conf import settings
settings.configure(DATA_UPLOAD_MAX_NUMBER_FIELDS=None)
django.setup()
from django.http import QueryDict
import falcon.uri

odd = [
    "", "&", ";", "&&a=1&", "a", "a=", "=1", "=", "a=b=c", "a=1&a=2", "b=1&a=2&b=3", "a&a=1", "a=1&a",
    "a=100%", "a=%", "a=%%", "a=%4", "a=%zz&b=1", "a=%4%31", "%=1", "a%3=1", "username__startswith=100%",
    "query={\"name\":{\"_like\":\"E%\"}}", "a=1;b=2", "a=1; b=2", "a=1&  b=2", "a=1 & b=2", "a=1&amp;b=2", ";a=1;;b=2;",
    "page_size=1;ordering=desc", "limit=1;offset=1", "short;q=x", "login=free&amp;email=a@b.cc", "a=1%3Bb=2", "a=1%26b=2",
    "user[first_name]=A;user[last_name]=B", "a=x;", "password=a;b",
    "a=+", "a+b=c+d", "a=%2B", "a=%20%20", "a=\t", "a=%00", "a=x\x00", "a=\x00&b=1",
    "a=%C3%A9", "a=\xc3\xa9", "%C3%A9=1", "\xc3\xa9=1", "a=%FF", "a=%C3", "a=%E2%82", "a=%E2%82x", "a=%F0%9F%92", "a=%F0%9F%92%A9",
    "a=%C3\xc3\xa9", "a=\xe9", "a=\xff&b=1", "a=%E9\xe9", "junk=%FF&good=1", "a=%ED%A0%BD", "a=%C0%80", "a=%F5%80%80%80", "a=b%FFc%FEd",
    "a[b]=1", "a[]=1&a[]=2", "a[]", "a[]=", "a[b][]=1&a[b][]=2", "a[0]=2&a[1]=3", "a[b]=1&a[b]=2", "a[b]=1&a=2",
    "a[][b]=1&a[][c]=2&a[][b]=3", "a[][b][]=1&a[][b][]=2", "a[][b][c]=1&a[][b][d]=2&a[][b][c]=3", "a[][]=1",
    "user[x=1", "[user][x]=1", "[a]=1", "[[a]]=1", "a]=1", "a]b=1", "a[=1", "a[b]c=1", "a[b]c[d]=1", "a[b][=1", "a[[b]]=1", "[]=1", "[=1", "]=1",
    "a[ b ]=1", "a [b]=1", " a=1", "a[b]=1&a[]=2", "a[]=1&a[b]=2", "a=1&a[b]=2", "a=1&a[]=2", "a[b]&a[b][c]=1", "user%5Blogin%5D=bob", "user%5Bid%5D[]=1",
    "a.b=1", "a.b.c=1&a.b.d=2", ".a=1", "a.=1", "a..b=1", "a,b=1", "a=1,2", "a=1,,2", "a=,", "a=1%2C2", "a=1,2&a=3", "a=1+2,%33",
    "?a=1", "a?b=1", "#a=1", "a=1#b", "a=%41%2541", "a=%u0041", "a=&#233;", "a==", "==a", "&=&", "a\n=1", "a=1\r\n&b=2", "a=%0A", "a[%20]=1", "a=%3c%3C", "a;b;c", "a=\"x;y\"",
]

def latin1(text):
    return text.encode("latin-1")

def django_pairs(raw, charset=None):
    d = QueryDict(raw.replace(b";", b"&"), encoding=charset)
    return [[name, value] for name, values in d.lists() for value in values]

def falcon_params(raw):
    return falcon.uri.parse_query_string(raw.decode("latin-1"), keep_blank=False, csv=True)

ruby = r'''
require "json"; require "rack"; require "rack/utils"
parser = Rack::QueryParser.make_default(65536, 100)
read = lambda do |raw, separators|
  begin
    v = parser.parse_nested_query(raw.dup.force_encoding("UTF-8"), separators)
    JSON.generate(v)
    { "value" => v }
  rescue Rack::QueryParser::ParameterTypeError, Rack::Utils::InvalidParameterError, ArgumentError, TypeError, RangeError, EncodingError, JSON::GeneratorError
    { "refused" => true }
  end
end
odd = JSON.parse(STDIN.read)
puts JSON.generate(odd.map { |s| raw = s.encode("ISO-8859-1").b
  form = raw.end_with?("\0") ? raw[0...-1] : raw
  [read.(raw, "&;"), read.(form, "&")] })
'''
rack = json.loads(subprocess.run(["ruby", "-e", ruby], input=json.dumps(odd), stdout=subprocess.PIPE, check=True, text=True).stdout)
with open("odd.json", "w") as out:
    out.write("[\n")
    for i, text in enumerate(odd):
        raw = latin1(text)
        row = {"in": text, "rack_query": rack[i][0], "rack_form": rack[i][1], "django": django_pairs(raw),
               "django_latin1": django_pairs(raw, "iso-8859-1"), "falcon": falcon_params(raw)}
        out.write(json.dumps(row) + (",\n" if i + 1 < len(odd) else "\n"))
    out.write("]\n")
