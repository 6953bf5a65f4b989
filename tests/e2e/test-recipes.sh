#!/usr/bin/env bash
# The recipes go as docs/recipes.md says, and what they promise beside holds.
set -eEu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=documents.sh
. "$(dirname "$0")/documents.sh"

recipes=$root/docs/recipes.md

# plays TITLE: the sessions of that recipe do what it says; the reader is at home.
plays() {
	section_of "$1" <"$recipes" | blocks_of console >"$work/written"
	expect_session "$work/written"
}

mount_shows_another() {
	[ "$(command cat assets/.cardfs/generation)" -gt "$1" ]
}

watchers_are_ready() {
	local process
	for process in $(jobs -p); do
		grep -qs '^inotify wd:' "/proc/$process/fdinfo/"* || return 1
	done
}

# Mounts and watchers take milliseconds, which readers are slower than, and the next command may not be.
cardfs() {
	local generation
	case $1 in
	set | unset)
		eventually watchers_are_ready
		generation=$(command cat assets/.cardfs/generation)
		command cardfs "$@"
		eventually mount_shows_another "$generation"
		;;
	*) command cardfs "$@" ;;
	esac
}

# write_snapshot ORG NAME: what a download from the Hugging Face Hub leaves.
write_snapshot() {
	local repository=$HOME/.cache/huggingface/hub/models--$1--$2
	local commit=c1899de289a04d12100db370d81485cdf75e47ca
	mkdir -p "$repository/blobs" "$repository/refs" "$repository/snapshots/$commit"
	echo -n "$commit" >"$repository/refs/main"
	echo "{\"model_type\": \"$2\"}" >"$repository/blobs/3f1c"
	echo "weights of $2" >"$repository/blobs/a0b2"
	ln -s ../../blobs/3f1c "$repository/snapshots/$commit/config.json"
	ln -s ../../blobs/a0b2 "$repository/snapshots/$commit/model.safetensors"
}

# write_model DIRECTORY CONFIG
write_model() {
	mkdir -p "$1"
	echo "$2" >"$1/config.json"
}

write_clusters() {
	mkdir -p "$1"
	cat >"$1/clusters.yaml" <<-END
		name: llama3_2_1b@aws
		checkpoint: /mnt/fsx/1b.pth

		---
		name: llama3_2_1b@fair
		checkpoint: /mnt/lustre/1b.pth
		model_config:
		  max_seq_len: 4096
	END
}

# stand_in NAME: standard input becomes a program of that name.
stand_in() {
	{
		echo '#!/bin/sh'
		cat
	} >"/usr/local/bin/$1"
	chmod 755 "/usr/local/bin/$1"
}

# A server that opens the model that it is given at once, and reads it when it is asked to.
stand_in_for_vllm() {
	stand_in vllm <<-'END'
		set -eu
		[ "$1 $3 $4" = "serve --served-model-name qwen3_8b" ]
		exec 3<"$2/config.json" 4>>"$HOME/servers.log"
		{
			until [ -e "$HOME/requests" ]; do sleep 0.02; done
			cat <&3 >&4
		} >/dev/null 2>&1 &
	END
}

both_servers_have_answered() {
	[ "$(sort servers.log)" = "$(printf '%s\n' '{"model_type": "qwen3-8b"}'{,})" ]
}

test_a_server_has_one_path_wherever_the_model_is() {
	be_the_reader
	write_snapshot qwen qwen3-8b
	stand_in_for_vllm
	plays "Serve a model at a path that stays"
	expect_status 1 test -e .cache/huggingface/hub/models--qwen--qwen3-8b
	touch requests
	eventually both_servers_have_answered
}

stand_in_for_torchrun() {
	stand_in torchrun <<-'END'
		set -eu
		[ "$1 $2 $3 $4" = "--nproc-per-node 8 finetune.py --arch" ] && [ "$6" = --checkpoint ]
		[ "$(cat "$7")" = weights ]
		echo "training $5 from $(readlink -f "$7")"
	END
}

write_training_on_two_clusters() {
	write_clusters cards
	mkdir -p .config/cardfs
	cat >.config/cardfs/config.yaml <<-END
		stores: [/home/you/cards]
		environments:
		- {name: aws, when: {exists: /mnt/fsx}}
		- {name: fair, when: {exists: /mnt/lustre}}
	END
	cat >finetune.sh <<-'END'
		model=$HOME/assets/llama3_2_1b
		torchrun --nproc-per-node 8 finetune.py \
		  --arch "$(cat $model/model_arch)" --checkpoint $model/checkpoint
	END
	mount -t tmpfs none /mnt
	mkdir /mnt/fsx
	echo weights >/mnt/fsx/1b.pth
}

test_a_training_has_one_command_line_on_every_cluster() {
	be_the_reader
	stand_in_for_torchrun
	write_training_on_two_clusters
	plays "Train with one command line on every cluster"
	cardfs umount assets
	mv /mnt/fsx /mnt/lustre
	cardfs assets
	expect_output "training llama3_2_1b from /mnt/lustre/1b.pth" sh finetune.sh
}

test_a_model_is_pointed_at_a_checkpoint() {
	be_the_reader
	mkdir -p downloads/llama
	echo "PK weights" >downloads/llama/consolidated.00.pth
	echo tokens >downloads/llama/tokenizer.model
	plays "Point a model at a checkpoint that you have"
	expect_status 1 test -e .config/fairseq2/assets/llama3_2_1b@user.yaml
	cardfs set llama3 tokenizer=downloads/llama/tokenizer.model
	expect_output tokens cat assets/llama3_1_8b/tokenizer
}

test_checkpoints_of_a_training_run_are_assets() {
	be_the_reader
	mkdir -p run/step_100/model run/step_200/model run/scores
	printf '%s\n' 'name: checkpoint' 'model_family: llama' 'model_arch: llama3_2_1b' >run/model.yaml
	echo 0.71 >run/scores/step_100.txt
	echo 0.68 >run/scores/step_200.txt
	# shellcheck disable=SC2317 # the session calls it
	cp() {
		command cp "$@"
		eventually test -e assets/checkpoint_step_300
	}
	plays "Use the checkpoints of a training run"
}

test_what_is_not_cached_is_found() {
	be_the_reader
	write_snapshot qwen qwen3-0.6b
	plays "Find what is not on this machine yet"
	find assets/qwen3_* -name checkpoint -xtype l | cut -d / -f 2 | sort >by_mount
	cardfs list --json | jq -r 'select(.state == "remote").name' | grep ^qwen3_ | diff - by_mount
}

test_cards_are_asked_with_jq() {
	be_the_reader
	plays "Ask many cards at once with jq"
}

test_clusters_are_compared() {
	be_the_reader
	write_clusters cards
	plays "Compare two clusters"
}

test_an_asset_is_copied_with_its_files() {
	be_the_reader
	write_snapshot qwen qwen3-0.6b
	plays "Copy an asset with its files"
	cmp assets/qwen3_0.6b/card.yaml usb/qwen3_0.6b/card.yaml
	expect_output "weights of qwen3-0.6b" cat usb/qwen3_0.6b/checkpoint/model.safetensors
	expect_output "" find usb -type l
	expect_status 23 rsync --archive --copy-links --exclude /base assets/qwen3_8b/ usb/qwen3_8b
	expect_equal "$(stat -c %Y assets/qwen3_0.6b/name)" "$(stat -c %Y usb/qwen3_0.6b/name)"
}

sudo() {
	"$@"
}

# Enables a mount as far as that can be done without systemd running: mounts what the unit says.
systemctl() {
	local unit=/etc/systemd/system/$3
	expect_equal "enable --now" "$1 $2"
	mount -t "$(sed -n 's/^Type=//p' "$unit")" -o "$(sed -n 's/^Options=//p' "$unit")" \
		"$(sed -n 's/^What=//p' "$unit")" "$(sed -n 's/^Where=//p' "$unit")"
}

write_mount_tables() {
	section_of "Mount at every start of the machine" <"$recipes" >"$work/section"
	blocks_of fstab <"$work/section" >"$work/fstab"
	mount --bind "$work/fstab" /etc/fstab
	mount -t tmpfs none /etc/systemd/system
	blocks_of ini <"$work/section" >/etc/systemd/system/srv-assets-lab.mount
}

test_mounts_are_there_at_every_start() {
	be_the_reader
	mount -t tmpfs none /srv
	write_clusters /srv/cards
	echo '{name: llama3_2_1b@lab, checkpoint: /data/1b.pth}' >/srv/cards/lab.yaml
	write_mount_tables
	command -v systemd-analyze >/dev/null || stand_in systemd-analyze </dev/null
	plays "Mount at every start of the machine"
}

test_a_container_sees_a_mount() {
	be_the_reader
	write_model models/qwen3_8b '{"model_type": "qwen3"}'
	plays "Pass a mount into a container"
}

test_changes_of_cards_are_noticed() {
	be_the_reader
	write_clusters cards
	# shellcheck disable=SC2317 # the session calls it
	cat() {
		[ "$1" != stores.log ] || eventually test -s stores.log
		command cat "$@"
	}
	plays "Act when cards change"
}

test_a_store_is_checked_before_it_is_shared() {
	be_the_reader
	mkdir cards
	printf '%s\n' 'name: my_model' 'base: lama3_2_1b' 'checkpoint: weights.pt' >cards/mine.yaml
	plays "Check a store before it is shared"
	echo '{name: my_model, base: llama3_2_1b, checkpoint: weights.pt}' >cards/mine.yaml
	expect_status 0 cardfs check cards
}

test_every_recipe_is_played_and_in_the_list() {
	sed -n 's/^## //p' "$recipes" >titles
	expect_equal 12 "$(wc -l <titles)"
	sed -nE 's/^[0-9]+\. \[(.*)\]\(.*/\1/p' "$recipes" | diff titles -
	sed -nE 's/^\tplays "(.*)"$/\1/p' "$0" | sort | diff <(sort titles) -
}

run_test "$@"
