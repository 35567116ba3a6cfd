#!/bin/sh
# pinyin_table.sh - make pinyin_table.h from the Unihan database
#
#   src/base/pinyin_table.sh [Unihan_Readings.txt[.bz2]] >src/base/pinyin_table.h
#
# Debian's package unicode-data has the file. Readings in the order kMandarin,
# kHanyuPinlu, kTGHZ2013: the usual one first, rare ones (kHanyuPinyin) not at all.
set -eu
readings=${1:-/usr/share/unicode/Unihan_Readings.txt.bz2}
case $readings in
*.bz2) bzcat "$readings" ;;
*) cat "$readings" ;;
esac |
# Tones away; v for ü, as it is typed.
LC_ALL=C.UTF-8 sed -n -e '/	k\(Mandarin\|HanyuPinlu\|TGHZ2013\)	/!d' \
    -e 's/[āáǎàâ]/a/g; s/[ēéěèêếề]/e/g; s/[īíǐì]/i/g; s/[ōóǒò]/o/g; s/[ūúǔù]/u/g' \
    -e 's/[ǖǘǚǜü]/v/g; s/[ńňǹ]/n/g; s/ḿ/m/g' \
    -e "s/$(printf '\314[\200-\217]')//g; s/([0-9]*)//g; p" |
LC_ALL=C awk '
function hex(s,   i, n) {
	for (i = 1; i <= length(s); i++)
		n = n * 16 + index("0123456789ABCDEF", substr(s, i, 1)) - 1
	return n
}
function put(n) {
	line = line n ","
	if (length(line) > 76) {
		print "\t" line
		line = ""
	}
}
function flush_line() {
	if (line != "")
		print "\t" line
	line = ""
}
# The syllables of one hanzi, each once, in the order of the fields.
function set_of(code,   all, n, part, i, seen, set) {
	all = field[code, "kMandarin"] " " field[code, "kHanyuPinlu"] " " \
	    field[code, "kTGHZ2013"]
	n = split(all, part, " ")
	for (i = 1; i <= n; i++) {
		sub(/.*:/, "", part[i])
		if (part[i] !~ /^[a-z]+$/ || index(" " set " ", " " part[i] " "))
			continue
		set = set (set == "" ? "" : " ") part[i]
	}
	return set
}
function add_set(set,   part, n, i) {
	if (set in place)
		return
	place[set] = places
	n = split(set, part, " ")
	for (i = 1; i <= n; i++) {
		if (!(part[i] in number)) {
			number[part[i]] = syllables
			syllable[syllables++] = part[i]
		}
		member[places++] = number[part[i]] + (i == n ? 32768 : 0)
	}
}
{
	code = hex(substr($1, 3))
	name = $2
	sub(/^[^ \t]*[ \t]+[^ \t]*[ \t]+/, "")
	gsub(/,/, " ")
	# 036.140:chan,dan holds two readings; only the first bears the place.
	field[code, name] = $0
}
END {
	from[1] = hex("3400"); to[1] = hex("4DBF")
	from[2] = hex("4E00"); to[2] = hex("9FFF")
	places = 1
	for (r = 1; r <= 2; r++)
		for (c = from[r]; c <= to[r]; c++) {
			set[c] = set_of(c)
			if (set[c] != "")
				add_set(set[c])
		}
	print "/* Made by pinyin_table.sh from Unihan_Readings.txt (Unicode, Inc.;"
	print " * https://www.unicode.org/license.txt). Do not edit. */"
	print "static const char syllables[][7] = {"
	for (i = 0; i < syllables; i++)
		put("\"" syllable[i] "\"")
	flush_line()
	print "};\n\n/* Sets of syllables; the last of each has LAST added. The first is none. */"
	print "static const uint16_t sets[] = {"
	put(0)
	for (i = 1; i < places; i++)
		put(member[i])
	flush_line()
	print "};\n\nstatic const struct {\n\tint32_t from, to;\n} ranges[] = {"
	for (r = 1; r <= 2; r++)
		printf "\t{ 0x%X, 0x%X },\n", from[r], to[r]
	print "};\n\n/* The ranges one behind the other: where the set of each hanzi begins. */"
	print "static const uint16_t slots[] = {"
	for (r = 1; r <= 2; r++)
		for (c = from[r]; c <= to[r]; c++)
			put(set[c] == "" ? 0 : place[set[c]])
	flush_line()
	print "};"
}'
