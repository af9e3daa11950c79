"""Writes lower.json: words, and their forms in lower case in Python and in Ruby.

Run with Python 3.11 (Unicode 14) and Ruby 3.1 (Unicode 13): python3 make.py > lower.json
"letters" has every character of Unicode 13 that has another form in lower case.
"""
import json
import subprocess
import sys

WORDS = {
    "ASCII": "ANN.Smith@Example.COM",
    "umlauts": "ÄÖÜ ẞ",
    "Cyrillic": "АННА",
    "sigma at the end": "ΝΙΚΟΣ",
    "sigma at the end of both words": "ΑΣ ΒΣ",
    "sigma before a digit": "ΑΣ1",
    "sigma twice at the end": "ΟΔΥΣΣΕΥΣ",
    "sigma alone": "Σ",
    "sigma at the beginning": "ΣΑ",
    "sigma before a mark": "ΑΣ\u0301",
    "sigma before a mark and a letter": "ΑΣ\u0301Β",
    "sigma before a full stop": "ΑΣ. ΑΣ.Β",
    "sigma before an apostrophe": "ΑΣ' ΑΣ'Β",
    "sigma before an at sign": "ΝΙΚΟΣ@EXAMPLE.COM",
    "small sigma at the end": "νικοσ",
    "small final sigma": "νικος",
    "small final sigma in the middle": "νιςκο",
    "dotted capital I": "İBRAHİM",
    "dotless small i": "ılker",
    "capital I": "ILKER",
    "two letters in one": "Ǆ ǅ ǆ",
    "signs of units": "\u212a \u2126 \u212b",
    "letters beyond the first plane": "\U00010400 \U0001e900",
}
changing = [chr(c) for c in range(sys.maxunicode + 1) if not 0xD800 <= c < 0xE000 and chr(c).lower() != chr(c)]


def ruby(words):
    program = "require 'json'; puts JSON.generate(JSON.parse(STDIN.read).map(&:downcase))"
    out = subprocess.run(["ruby", "-e", program], input=json.dumps(words), capture_output=True, text=True, check=True)
    return json.loads(out.stdout)


known = [c for c, low in zip(changing, ruby(changing)) if low != c]
words = {**WORDS, "letters": " ".join(known)}
rows = [
    {"name": name, "word": word, "python": word.lower(), "ruby": low}
    for (name, word), low in zip(words.items(), ruby(list(words.values())))
]
print(json.dumps(rows, ensure_ascii=False, indent=1))
