# Writes dates.json: texts, and the moment that Ruby and Rails 4.2 read in them.
#
# Run with Ruby 3.1: ruby make.rb > dates.json
# With a number as argument it makes that many more texts by chance, for a search for differences.
#
# Date._parse is Ruby's. moment does what ActiveSupport::TimeZone#parse (Rails 4.2) does with the
# parts, in the zone UTC. "refused" says why the gateway refuses a text that Rails takes.
require "date"
require "json"
require "time"

NOW = Time.utc(2024, 5, 6, 7, 8, 9)

def parts_of(text)
  Date._parse(text, false)
rescue RangeError # an offset too large for a number
  {}
end

def moment(parts)
  Time.new(parts.fetch(:year, NOW.year), parts.fetch(:mon, NOW.month),
    parts.fetch(:mday, parts[:year] || parts[:mon] ? 1 : NOW.day), parts.fetch(:hour, 0), parts.fetch(:min, 0),
    parts.fetch(:sec, 0) + parts.fetch(:sec_fraction, 0), 0) - parts.fetch(:offset, 0).to_i
rescue ArgumentError, RangeError
  nil
end

def refusal(parts, time)
  return "it has a week or a day of the year" if [:yday, :cwyear, :cweek, :cwday].any? { |k| parts.key?(k) }
  return "its zone is not known" if parts[:zone] && parts[:offset].nil?
  return "it has no date" unless [:year, :mon, :mday, :hour].any? { |k| parts.key?(k) }
  return "its offset is not one" if parts[:offset] && parts[:offset].abs >= 24 * 3600
  year = parts.fetch(:year, NOW.year)
  return "its year is not one of four digits" unless (1..9999).cover?(year) && (1..9999).cover?(time.utc.year)
  day = parts.fetch(:mday, 1)
  "its day does not exist" if parts.fetch(:mon, NOW.month) && !Date.valid_date?(year, parts.fetch(:mon, NOW.month), day)
end

def entry(text)
  parts = text.length > 128 ? {} : parts_of(text)
  time = parts.empty? ? nil : moment(parts)
  why = time && refusal(parts, time)
  line = { text: text, time: why ? nil : time && time.utc.strftime("%Y-%m-%dT%H:%M:%S.%6N") }
  line[:refused] = why if why
  line
end

DATES = ["2030-08-01", "2030-8-1", "30-08-01", "01/08/2030", "1/8/2030", "08/01/30", "01-08-2030", "1-8-30", "2030/08/01",
  "1 Aug 2030", "01 August 2030", "Aug 1, 2030", "August 1 2030", "August 1st, 2030", "1st of August 2030",
  "1-Aug-2030", "01-AUG-30", "Aug-1-2030", "2030.08.01", "01.08.2030", "1.8.2030", "20300801", "300801", "H31.04.30",
  "R2.8.1", "Thu, 01 Aug 2030", "Thu Aug  1 2030", "Thursday, August 1, 2030", "Thu 1 Aug 2030", "1 Aug '30",
  "'30-8-1", "Aug 2030", "2030 Aug 1", "2030-08", "Aug 1", "1 Aug", "--08-01", "--0801", "-08-01", "31/12/2030", "12/31/2030",
  "2030-02-29", "2028-02-29", "2030-13-01", "2030-00-10", "2030-08-32", "1 Aug 2030 BC", "0000-00-00", "9999-12-31",
  "10000-01-01", "-2030-08-01", "+2030-08-01", "2030-W31-4", "2030-213", "2030W314", "Aug", "1st", "Thu", "01"]
TIMES = ["", "12:47:08", "12:47", "1:2:3", "12:47:08.123", "12:47:08,5", "12:47:08.123456789", "3 PM", "3:05 p.m.", "12:00 am",
  "12 AM", "12h47m08s", "12h", "24:00:00", "24:00:01", "25:00", "23:59:60", "23:60", "124708", "1247", "T124708"]
ZONES = ["", "Z", "UTC", "GMT", "+0200", "+02:00", "+02", "-0530", "+2", "+2.5", "GMT+2", "UTC-05:00", "EST", "EDT", "CEST",
  "PST8PDT", "Europe/Berlin", "EST DST", "Eastern Standard Time", "Pacific Daylight Time", "XYZ", "+25:00", "+1234567", "(CEST)"]
ODD = ["", " ", "never", "null", "0", "1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "1234567890",
  "123456789012", "12345678901234", "1906801628", "1906801628.5", "1906801628000", "tomorrow", "next thursday", "+1 day", "monkey",
  "2030-08-01T12:47:08+0000", "2030-08-01 12:47:08 +02:00", "2030-08-01 12:47:08 +02", "2030-08-01 12:47:08 +0000",
  "Thu, 01 Aug 2030 12:47:08 +0000", "Thu, 01 Aug 2030 12:47:08 GMT", "Thu Aug  1 12:47:08 2030", "2030/08/01 12:47:08",
  "2030-8-1 1:2:3", "20300801124708", "20300801T124708Z", "20300801 T124708Z", "20300801T12:47:08Z", "20300801T124708+0200",
  "20300801124708Z", "20300801124708[-5:EST]", "20300801124708.123[-5:EST]", "20300801124708[5]", "2030-08-01T12:47:08.123Z", "2030-08-01 12:47:08 EST",
  "Thu Aug 01 2030 12:47:08 GMT+0200 (Central European Summer Time)", "Thu Aug 01 12:47:08 UTC 2030", "Thu Aug 01 12:47:08 CEST 2030",
  "/Date(1906801628000)/", "2030-08-01T12:47:08+02:00[Europe/Berlin]", "2030-08-01t12:47:08z", "2030-08-01T12", "2030-08-01T1247",
  "2030-08-01T12:47:08 +0200", "01/08/2030 12:47", "01/08/2030 12:47:08 PM", "8/1/2030 12:47:08 AM", "2030-08-01 at 12:47", "12:47:08 2030-08-01",
  "12:47 1/8/2030", "10:00 5", "5 10:00", "5th 10", "1 Août 2030", "1. August 2030", "１ Aug 2030", "2030年08月01日", "1.8.", "1/8", "1-8",
  "2030-08-01 12:47:08 Uhr", "2030-08-01\n12:47:08", "2030-08-01T12:47:08\u0000", "2030-08-01" * 13, "sunday 10:00", "2030 12:47", "99/99/99", "1/2/3", "1/2/3/4", "1.2.3.4"]

texts = DATES.product(["", "12:47:08", "3:05 p.m."], ["", "+0200"]).map { |p| p.reject(&:empty?).join(" ") }
texts += TIMES.product(ZONES).map { |t, z| ["2030-08-01", t, z].reject(&:empty?).join(" ") }
texts += DATES.first(12).product(TIMES).map { |d, t| "#{d}T#{t}Z" }
texts += ODD
if ARGV[0]
  chance = Random.new(ARGV[1].to_i)
  pieces = DATES + TIMES + ZONES + ODD + %w[- / . : , ' T Z + 0 1 30 2030 jan dec st th bc b.c. ad w am pm h m s [ ] ( )] + [" "] * 20
  texts = Array.new(ARGV[0].to_i) { Array.new(chance.rand(1..5)) { pieces.sample(random: chance) }.join([" ", "", " "].sample(random: chance)) }
end
puts "[", texts.uniq.map { |t| JSON.generate(entry(t)) }.join(",\n"), "]"
