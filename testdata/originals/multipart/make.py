"""Writes odd.json: odd multipart bodies, and what two frameworks read in them.

Run with Python 3.11, Django 3.2, Ruby 3.1 and Rack 2.2 installed:

    python3 make.py

Bytes are written as the characters U+0000 to U+00FF, file contents in base64.
"""
import base64, io, json, subprocess
import django
from django.conf import settings
settings.configure()
django.setup()
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.core.files.uploadhandler import MemoryFileUploadHandler

def part(headers, content):
    return "--B\r\n" + "\r\n".join(headers) + "\r\n\r\n" + content + "\r\n"

def field(disposition, content, *more):
    return part(["Content-Disposition: " + disposition, *more], content)

end = "--B--\r\n"
png = "\x89PNG\r\n\x1a\n\xff\xfe"
odd = {
    "plain field": field('form-data; name="a"', "b") + end,
    "empty field": field('form-data; name="a"', "") + end,
    "field twice": field('form-data; name="a"', "1") + field('form-data; name="a"', "2") + end,
    "file then field of its name": field('form-data; name="a"; filename="a"', png, "Content-Type: image/png") + field('form-data; name="a"', png) + end,
    "field then file of its name": field('form-data; name="a"', "text") + field('form-data; name="a"; filename="a"', png, "Content-Type: image/png") + end,
    "undecodable field": field('form-data; name="a"', "c\xffd") + end,
    "undecodable field, not asked for": field('form-data; name="junk"', png) + field('form-data; name="a"', "b") + end,
    "undecodable name": field('form-data; name="a\xff"', "b") + end,
    "nested names": field('form-data; name="user[login]"', "bob") + field('form-data; name="user[ids][]"', "1") + end,
    "empty file name": field('form-data; name="a"; filename=""', "", "Content-Type: application/octet-stream") + end,
    "empty file": field('form-data; name="a"; filename="e.txt"', "") + end,
    "file name without quotes": field("form-data; name=a; filename=my photo.png", png) + end,
    "file name in UTF-8": field('form-data; name="a"; filename="\xc3\xa9.png"', png) + end,
    "file name with a path": field('form-data; name="a"; filename="C:\\\\dir\\\\x.png"', png) + end,
    "file name with a semicolon": field('form-data; name="a"; filename="x;y.png"', png) + end,
    "extended file name": field("form-data; name=\"a\"; filename*=UTF-8''%C3%A9.png", png) + end,
    "base64 field": field('form-data; name="a"', "aGVsbG8=", "Content-Transfer-Encoding: base64") + end,
    "base64 field that is not": field('form-data; name="a"', "***", "Content-Transfer-Encoding: base64") + end,
    "base64 file": field('form-data; name="a"; filename="h"', "aGVsbG8=", "Content-Transfer-Encoding: base64") + end,
    "another first word": field('file; name="a"; filename="h"', "x") + end,
    "name in capitals": field('form-data; NAME="a"', "b") + end,
    "no name": field("form-data", "b") + field('form-data; name="a"', "b") + end,
    "no disposition": part(["Content-Type: text/plain"], "b") + field('form-data; name="a"', "b") + end,
    "text before the first boundary": "hello\r\n" + field('form-data; name="a"', "b") + end,
    "text after the last boundary": field('form-data; name="a"', "b") + end + "hello",
    "no last boundary": field('form-data; name="a"', "b") + field('form-data; name="c"', "d"),
    "cut in a field": "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nbc",
    "no part": end,
    "no boundary at all": "hello",
    "boundary inside a value": field('form-data; name="a"', "x--B y") + end,
    "value with line ends": field('form-data; name="a"', "1\r\n2\n3") + end,
    "header in lower case": part(['content-disposition: form-data; name="a"'], "b") + end,
    "blank in a name": field('form-data; name=" a "', "b") + end,
}

def latin1(text):
    return text.encode("latin-1")

def django_read(body):
    try:
        parser = MultiPartParser({"CONTENT_TYPE": "multipart/form-data; boundary=B", "CONTENT_LENGTH": len(body)},
                                 io.BytesIO(body), [MemoryFileUploadHandler()], "utf-8")
        fields, files = parser.parse()
    except MultiPartParserError:
        return {"refused": True}
    return {"fields": [[k, v] for k, vs in fields.lists() for v in vs],
            "files": [[k, f.name, base64.b64encode(f.read()).decode()] for k, fs in files.lists() for f in fs]}

ruby = r'''
require "json"; require "rack"; require "rack/utils"; require "rack/multipart"; require "stringio"
read = lambda do |v|
  case v
  when Hash
    v.key?(:tempfile) ? { "file" => [v[:filename], [v[:tempfile].read].pack("m0")] } : v.to_h { |k, x| [k, read.(x)] }
  when Array then v.map(&read)
  else v
  end
end
all = JSON.parse(STDIN.read)
puts JSON.generate(all.map { |s| raw = s.encode("ISO-8859-1").b
  begin
    v = Rack::Multipart.parse_multipart("CONTENT_TYPE" => "multipart/form-data; boundary=B", "CONTENT_LENGTH" => raw.size.to_s, "rack.input" => StringIO.new(raw))
    r = { "value" => read.(v) }
    JSON.generate(r)
    r
  rescue StandardError
    { "refused" => true }
  end })
'''
rack = json.loads(subprocess.run(["ruby", "-e", ruby], input=json.dumps(list(odd.values())), stdout=subprocess.PIPE, check=True, text=True).stdout)
with open("odd.json", "w") as out:
    out.write("[\n")
    for i, (name, text) in enumerate(odd.items()):
        row = {"name": name, "in": text, "django": django_read(latin1(text)), "rack": rack[i]}
        out.write(json.dumps(row) + (",\n" if i + 1 < len(odd) else "\n"))
    out.write("]\n")
