#!/usr/bin/env bash
# The configuration file, and cardfs config.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# write_config: standard input becomes the user's configuration file.
write_config() {
	config=$XDG_CONFIG_HOME/cardfs/config.yaml
	mkdir -p "$(dirname "$config")"
	cat >"$config"
}

# setting NAME OPTION...: its value and where it came from.
setting() {
	local name=$1
	shift
	cardfs config --json "$@" | jq -r --arg name "$name" '.settings[] | select(.name == $name) | "\(.value) \(.from)"'
}

# place SECTION NAME OPTION...: where it is, and what names the place.
place() {
	cardfs config --json "${@:3}" |
		jq -r --arg section "$1" --arg name "$2" '.[$section][] | select(.name == $name) | "\(.value) \(.from)"'
}

write_cards() {
	write_card cards.yaml <<'CARDS'
name: a
x: none
---
name: a@lab
x: lab
---
name: a@home
x: home
CARDS
}

# field_x OPTION...: x of a as it resolves.
field_x() {
	cardfs show a --json "$@" | jq -r .x
}

test_without_a_file_everything_is_the_default() {
	expect_output "null default" setting env
	expect_output "error default" setting conflicts
	expect_output "false default" setting strict
	expect_output null sh -c 'cardfs config --json | jq .configuration'
}

test_file_is_found_as_documented() {
	mkdir -p home/.config/cardfs other/cardfs
	echo 'env: home' >home/.config/cardfs/config.yaml
	echo 'env: other' >other/cardfs/config.yaml
	echo 'env: named' >named.yaml
	expect_output "home $work/home/.config/cardfs/config.yaml:1" env -u XDG_CONFIG_HOME bash -c "$(declare -f setting); setting env"
	expect_output "other $work/other/cardfs/config.yaml:1" env XDG_CONFIG_HOME="$work/other" bash -c "$(declare -f setting); setting env"
	expect_output "named $work/named.yaml:1" env CARDFS_CONFIG=named.yaml bash -c "$(declare -f setting); setting env"
	expect_output "null default" env CARDFS_CONFIG=/dev/null bash -c "$(declare -f setting); setting env"
	attempt env CARDFS_CONFIG=/nonexistent cardfs list
	expect_equal 2 "$status"
	expect_contains "$errors" "/nonexistent: " "No such file or directory"
}

test_options_go_over_the_file() {
	write_config <<'CONFIG'
conflicts: shadow
stores: [/one, "checkpoints:two", dir:three]
locators: [a, b]
no-built-in: true
nosystem: true
nouser: false
log-format: json
uid: 1000
poll: 5
CONFIG
	expect_output "shadow $config:1" setting conflicts
	expect_output "error option" setting conflicts --conflicts error
	expect_output "error option" setting conflicts -o conflicts=error
	expect_output "/one $config:2
checkpoints:$(dirname "$config")/two $config:2
dir:$(dirname "$config")/three $config:2
/four option" setting store --store /four
	expect_output "a:b $config:3" setting locators
	expect_output "true $config:4" setting nobuiltin
	expect_output "false $config:6" setting nouser
	expect_output "json $config:7" setting log-format
	expect_output "1000 $config:8" setting uid
	expect_output "5 $config:9" setting poll
}

test_file_chooses_the_environment() {
	write_cards
	write_config <<CONFIG
nodefaults: true
stores: $store
env: home
environments:
  - {name: lab, when: {env: LAB=yes, exists: /}}
CONFIG
	expect_output home field_x
	LAB=yes expect_output lab field_x
	LAB=no expect_output home field_x
	LAB=yes CARDFS_ENV=home expect_output home field_x
	LAB=yes CARDFS_ENV=other expect_output none field_x
	LAB=yes CARDFS_ENV=other expect_output home field_x --env home
	LAB=yes CARDFS_ENV='' expect_output lab field_x
	LAB=yes expect_output none field_x --env ''
	LAB=yes expect_output "lab $config:5 (rule)" setting env
	LAB=yes CARDFS_ENV=x expect_output "x \$CARDFS_ENV" setting env
	LAB=yes CARDFS_ENV=x expect_output 'y option' setting env --env y
}

test_paths_of_the_file_are_relative_to_it() {
	write_cards
	mkdir -p "$XDG_CONFIG_HOME/cardfs" "$HOME/mine"
	cp -r "$store" "$XDG_CONFIG_HOME/cardfs/cards"
	echo 'name: b' >"$HOME/mine/b.yaml"
	write_config <<<'{nodefaults: true, stores: [cards, ~/mine]}'
	expect_output "$(printf '%s\n' a b)" cardfs list
}

test_every_fault_has_its_place() {
	write_config <<'CONFIG'
conflict: shadow
conflicts: both
strict: 1
env: [a]
stores: [{a: b}]
nouser: "true"
log-format: "te\0xt"
environments:
  - {name: lab, when: {hostnam: x}}
CONFIG
	attempt cardfs list
	expect_equal 2 "$status"
	expect_equal "" "$output"
	expect_equal "$config:1: there is no setting \"conflict\"; did you mean conflicts?
$config:2: conflicts is \"error\" or \"shadow\", not \"both\"
$config:3: strict is true or false, not an integer
$config:4: env is one value, not a list
$config:5: stores is one value, not a mapping
$config:6: nouser is true or false, not a string
$config:7: there is a NUL character in this
$config:9: there is no condition \"hostnam\"; did you mean hostname?
cardfs: the configuration file $config cannot be used" "$errors"
}

test_a_file_that_is_no_configuration_is_refused() {
	local text
	for text in '[a]' 'a: [' "$(printf 'env: a\n---\nenv: b')" '- name'; do
		write_config <<<"$text"
		expect_status 2 cardfs list
		expect_contains "$errors" "$config:" "cannot be used"
	done
	write_config <<<'# nothing yet'
	expect_status 0 cardfs config
	chmod 0 "$config"
	[ "$(id -u)" -eq 0 ] || expect_status 2 cardfs config
	rm "$config"
	mkdir "$config"
	attempt cardfs config
	expect_contains "$errors" "$config: " "a directory"
}

test_what_needs_no_settings_works_with_any_file() {
	write_config <<<'nonsense: 1'
	expect_status 0 cardfs --version
	expect_status 0 cardfs --help
	expect_status 0 cardfs list --help
}

test_places_are_shown_with_the_variables_that_name_them() {
	mkdir -p "$work/assets" "$work/user"
	export FAIRSEQ2_ASSET_DIR=$work/assets FAIRSEQ2_USER_ASSET_DIR=$work/user HF_HOME=$work/hf
	expect_output "$work/assets \$FAIRSEQ2_ASSET_DIR" place stores system
	expect_output "$work/user \$FAIRSEQ2_USER_ASSET_DIR" place stores user
	expect_output "$work/assets store" place stores added --no-system --store "$work/assets"
	expect_output "$work/hf/hub \$HF_HOME" place caches hub
	expect_output "$work/home/.cache/fairseq2/assets \$XDG_CACHE_HOME" place caches asset
}

test_settings_are_shown_also_where_a_store_cannot_be_opened() {
	attempt cardfs config --store package:nothing
	expect_equal 2 "$status"
	expect_contains "$output" "store" "package:nothing"
	expect_contains "$errors" "nothing"
}

test_text_has_a_line_a_setting() {
	write_config <<<'env: lab'
	expect_status 0 cardfs config
	expect_equal "env lab $config:1" "$(grep '^env ' <<<"$output" | tr -s ' ')"
	expect_equal "user store $work/home/.config/fairseq2/assets \$XDG_CONFIG_HOME" \
		"$(grep '^user store' <<<"$output" | tr -s ' ')"
	attempt cardfs config extra
	expect_refusal 'config takes no arguments, but there is "extra"'
}

run_test "$1"
