# shellcheck shell=bash
# Cards and files whose names and values would do something to a terminal, and what tells whether a text
# does. For tests that have "store" and "fail" (e2e/lib.sh).

# Escape sequences, BEL, DEL, a C1 control, a separator of lines, and marks and overrides of direction.
# Colours, which cardfs writes itself, are left out of what is looked at.
hostile=$'\e\a\x7f\u009b\u061c\u200e\u200f\u2028\u202a\u202e\u2066\u2067\u2069'

write_hostile_cards() {
	write_card evil.yaml <<'CARDS'
name: "evil\e]0;x\a"
family: "family\e[31m\u202e"
checkpoint: "/x/\e[2J\u2066"
"key\e[2J\u202e": "value\e[2J\u009b\u200f"
---
name: "turned\u202e\u2066\u200f"
base: "evil\e]0;x\a"
tokenizer_ref: "evil\e]0;x\a"
---
name: "new\nline\e[1m"
field: 1
---
name: "c1\u009b31m\u200e\x7f"
field: 1
---
name: "nul\0\e[7m"
field: 1
---
name: ".."
field: 1
---
name: "a/../../\e[5m"
field: 1
---
name: "child\u202e"
base: "nobody\e[1m\u2067"
---
name: "refers\a"
other_ref: "nobody\e[1m\u202a"
---
"not a name\e[1m": "value\u202e"
CARDS
	write_card $'file\e]0;x\a\u202e.yaml' <<<'{name: unclosed'
	printf 'name: raw\ntext: "\e[1m\u202e"\n' >"${store:?}/raw.yaml"
}

# Lines of what a terminal or a pipe is given that hold what they should not; nothing that is there
# of a right kind is in the way.
expect_harmless() {
	local without_colours
	without_colours=$(printf %s "$1" | sed $'s/\e\\[[0-9;]*m//g' | tr -d '\r')
	if grep -q "[$hostile]" <<<"$without_colours"; then
		fail "this is not harmless:" "$(grep "[$hostile]" <<<"$without_colours" | cat -v)"
	fi
}
