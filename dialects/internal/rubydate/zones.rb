# Writes zones.txt: the time zones that Ruby's Date._parse knows, with their offsets in seconds.
# Run with Ruby 3.1: ruby zones.rb > zones.txt
# It tries all words of up to five letters, and the names that Windows gives to zones.
require "date"

def offset(zone)
  found = Date._parse("2030-01-01 00:00:00 #{zone}", false)
  found[:offset] if found[:zone] == zone
end

letters = ("a".."z").to_a
words = (1..4).flat_map { |n| letters.product(*[letters] * (n - 1)).map(&:join) }
words += letters.product(letters, letters).map { |l| l.join + "st" }
known = words.map { |w| [w, offset(w)] }

windows = %w[afghanistan alaskan arab arabian arabic atlantic azores canada\ central cape\ verde caucasus central
  central\ america central\ asia central\ europe central\ european central\ pacific china dateline e.\ africa
  e.\ australia e.\ europe e.\ south\ america eastern egypt ekaterinburg fiji fle gmt greenland greenwich gtb hawaiian
  india iran jerusalem korea mexico mountain myanmar n.\ central\ asia nepal new\ zealand newfoundland
  north\ asia north\ asia\ east pacific pacific\ sa romance russian sa\ eastern sa\ pacific sa\ western samoa
  se\ asia malay\ peninsula south\ africa sri\ lanka taipei tasmania tokyo tonga us\ eastern us\ mountain vladivostok
  w.\ australia w.\ central\ africa w.\ europe west\ asia west\ pacific yakutsk]
known += windows.map do |name|
  [name, Date._parse("2030-01-01 00:00:00 #{name} standard time", false)[:offset]]
end
lines = known.reject { |_, offset| offset.nil? }.sort.uniq.map { |name, offset| "#{name}=#{offset.to_i}" }
puts lines
