#!/usr/bin/env bash
# The units of systemd, held to what systemd-analyze says of them, and to what cardfs does when it is
# started as they start it. No systemd runs here.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

support=$(dirname "$0")/support
units=$(cd "$(dirname "$0")/../../scripts/systemd" && pwd)

# What is above 0, in tenths, is what a service that mounts can't do without; docs/operations.md names it.
exposure_limit=45

# Makes the programs that units name be where systemd looks for them.
install_programs() {
	local program
	mount -t tmpfs none /usr/local/bin
	ln -s "$CARDFS" /usr/local/bin/cardfs
	for program in kill sh mkdir; do
		type -P "$program" >/dev/null || ln -s /bin/true "/usr/local/bin/$program"
	done
	mkdir -p "$work/runtime"
	export XDG_RUNTIME_DIR=$work/runtime
}

# setting UNIT NAME: its last value in that unit.
setting() {
	sed -n "s/^$2=//p" "$units/$1" | tail -n 1
}

verify() {
	expect_status 0 systemd-analyze verify --man=no --recursive-errors=no "$@"
	# It warns of what it does not know, and goes on.
	expect_equal "" "$(grep -vE '^(Failed to (connect|get)|# Not showing)' <<<"$output$errors" || true)"
}

test_units_are_what_systemd_takes() {
	install_programs
	verify "$units/cardfs@.service"
	verify "$units/srv-assets.mount" "$units/srv-assets.automount"
	verify --user "$units/cardfs.service"
}

test_verifying_finds_what_is_wrong() {
	install_programs
	sed 's/^ExecStart=cardfs/ExecStart=no-such-program/' "$units/cardfs@.service" >"$work/cardfs@.service"
	attempt systemd-analyze verify --man=no --recursive-errors=no "$work/cardfs@.service"
	[ "$status" -ne 0 ]
	expect_contains "$errors" no-such-program
}

test_the_service_is_exposed_no_more_than_it_has_to_be() {
	expect_status 0 systemd-analyze security --no-pager --offline=true "--threshold=$exposure_limit" "$units/cardfs@.service"
	attempt systemd-analyze security --no-pager --offline=true --threshold=1 "$units/cardfs@.service"
	[ "$status" -ne 0 ]
}

# A service with a mount name space of its own would mount where nobody sees it.
test_no_directive_hides_the_mount() {
	local name
	for name in ProtectSystem ProtectHome PrivateTmp PrivateDevices PrivateMounts ProtectKernelTunables \
		ProtectKernelModules ProtectKernelLogs ProtectControlGroups ProtectProc ProcSubset ReadOnlyPaths ReadWritePaths \
		InaccessiblePaths ExecPaths NoExecPaths TemporaryFileSystem BindPaths BindReadOnlyPaths RootDirectory RootImage \
		MountImages ExtensionImages DynamicUser PrivateIPC LogNamespace MountFlags PrivateNetwork NetworkNamespacePath; do
		expect_equal "" "$(grep -E "^$name=" "$units"/*.service || true)"
	done
}

states_are() {
	[ "$(grep -oE '^(READY|RELOADING|STOPPING)=.*' "$work/manager.log" | tr '\n' ' ')" = "$* " ]
}

# command_of UNIT NAME: the words of that command, with its specifiers and variables filled in, in words.
# shellcheck disable=SC2016 # the variables are the unit's
command_of() {
	local command
	command=$(setting "$1" "$2")
	command=${command//%f/$mnt}
	command=${command//'${CARDFS_MOUNT}'/$mnt}
	command=${command//'$CARDFS_OPTIONS'/--no-default-stores --store $store}
	command=${command//'$MAINPID'/${server-}}
	read -ra words <<<"$command"
}

# serve_as UNIT [COMMAND...]: what its start, reload and stop do, run by that command.
serve_as() {
	local unit=$1 server words
	shift
	write_card asset.yaml <<<'{name: asset, field: value}'
	expect_equal notify "$(setting "$unit" Type)"
	"$support/listen.py" "$work/manager" "$work/manager.log" &
	local listener=$!
	eventually test -S "$work/manager"
	command_of "$unit" ExecStart
	NOTIFY_SOCKET=$work/manager "$@" "${words[@]}" &
	server=$!
	eventually states_are READY=1
	expect_output value cat "$mnt/asset/field"
	command_of "$unit" ExecReload
	"${words[@]}"
	eventually states_are READY=1 RELOADING=1 READY=1
	kill "$server"
	wait "$server"
	eventually states_are READY=1 RELOADING=1 READY=1 STOPPING=1
	eventually is_unmounted "$mnt"
	kill "$listener"
	wait "$listener" || true
}

# With no more of what root may do than the unit leaves.
test_the_system_unit_starts_reloads_and_stops() {
	local bounds
	bounds=$(setting cardfs@.service CapabilityBoundingSet | tr '[:upper:]' '[:lower:]' | sed 's/cap_/+/g; s/ /,/g')
	expect_equal yes "$(setting cardfs@.service NoNewPrivileges)"
	serve_as cardfs@.service setpriv --bounding-set "-all,$bounds" --no-new-privs
}

test_the_user_unit_starts_reloads_and_stops() {
	serve_as cardfs.service
}

# What is left of a mount whose server was killed is taken away, and a clean end says nothing.
test_what_a_killed_service_leaves_is_cleaned_up() {
	local command
	write_card asset.yaml <<<'{name: asset}'
	mount_store
	# shellcheck disable=SC2046 # one word a process
	kill -KILL $(servers)
	command=$(setting cardfs@.service ExecStopPost)
	command=${command//%f/$mnt}
	SERVICE_RESULT=signal bash -c "$command"
	eventually is_unmounted "$mnt"
	SERVICE_RESULT=success expect_output "" bash -c "$command"
	expect_equal "" "$errors"
}

test_the_mount_unit_mounts() {
	local options
	write_card asset.yaml <<<'{name: asset, field: value}'
	write_card lab.yaml <<<'{name: asset@awscluster, field: of the cluster}'
	mkdir -p "$work/shared" && mv "$store" "$work/shared/cards"
	options=$(setting srv-assets.mount Options)
	install_helpers "$CARDFS"
	mount -t "$(setting srv-assets.mount Type)" "$(setting srv-assets.mount What)" "$mnt" \
		-o "nodefaults,${options//\/shared/$work/shared}"
	expect_output "of the cluster" cat "$mnt/asset/field"
	expect_equal "$(setting srv-assets.automount Where)" "$(setting srv-assets.mount Where)"
	umount "$mnt"
}

run_test "$1"
