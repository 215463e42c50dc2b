#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `list` and `show` over the samples and trees of lab kernels: what people see.

bats_require_minimum_version 1.8.0
load ../lib/helpers

# pid_of COMM: of an actor of the fixture; its facts say who that was.
pid_of() {
	jq -r --arg comm "$1" '.actors[] | select(.comm == $comm) | .pid' "$FIXTURE/facts.json"
}

@test "list of a saved dev node: totals and owners" {
	cd "$TOP"
	inspect list samples/rk3588-leak/log1.log
	stdout_is_file list-rk3588-log1.txt
	stderr_is_empty
}

@test "list of the RV1106 heap: owners, contiguous allocations, heap" {
	cd "$TOP"
	inspect list samples/rv1106/rk-dma-heap-info
	stdout_is_file list-rv1106.txt
	inspect list --json samples/rv1106/rk-dma-heap-info
	json_is .totals.buffers 32
	json_is .totals.contiguous_bytes 8069120
	json_is '.totals.size_bytes + .totals.contiguous_bytes' 23281664
	json_is .totals.reported_bytes 23281664
	json_is .totals.unaccounted_bytes 0
	json_is '[.groups[] | [.task, .buffers]] | tojson' '[["vmpi",24],["ff660000.npu",8]]'
	json_valid list
}

@test "list --by each grouping" {
	use_fixture lab-6.1-arm64
	local by
	for by in owner buffer task exporter device holder size heap; do
		inspect list --by "$by"
		stdout_is_file "list-by-$by.txt"
		inspect list --by "$by" --json
		json_is .totals.buffers 22
		json_valid list
	done
}

@test "a tree of a real 6.1 kernel: golden JSON of the snapshot" {
	use_fixture lab-6.1-arm64
	inspect snapshot
	json_valid snapshot
	sed -i 's/^"tool": .*/"tool": "dmabuf-inspect",/' "$BATS_TEST_TMPDIR/stdout"
	stdout_is_file snapshot.json
}

@test "filters: pid, task, name, exporter, device and size, alone and together" {
	use_fixture lab-6.1-arm64
	inspect list --json --pid "$(pid_of surfaceflinger)"
	json_is .totals.buffers 3
	inspect list --json --task mpp_worker
	json_is .totals.buffers 3
	inspect list --json --name 'rkvenc*'
	json_is .totals.buffers 1
	inspect list --json --exporter udmabuf --exporter drm
	json_is .totals.buffers 3
	inspect list --json --device vkms
	json_is .totals.buffers 2
	inspect list --json --min-size 8M
	json_is '[.buffers[].size_bytes] | min' 16777216
	inspect list --json --device vkms --exporter drm
	json_is .totals.buffers 1
	inspect list --json --task nobody
	json_is .totals.buffers 0
	json_is .totals.size_bytes 0
}

@test "--sort and --top" {
	cd "$TOP"
	inspect list --by buffer --sort name --top 3 samples/captures/rk3588-android12-rk_dmabuf-dev.txt
	stdout_has "… and 9 more buffers"
	inspect list --by buffer --json --top 2 samples/captures/rk3588-android12-rk_dmabuf-dev.txt
	json_is '.buffers | length' 2
	json_is .totals.buffers 12
	inspect -2 list --top x samples/rv1106/rk-dma-heap-info
	stderr_has "--top 'x' is no number"
}

@test "--units" {
	cd "$TOP"
	inspect list --units bytes samples/rk3588-leak/log1.log
	stdout_has "85962752 in 44 buffers"
	inspect list --units KiB samples/rk3588-leak/log1.log
	stdout_has "83948 KiB in 44 buffers"
}

@test "--source leaves the others out, and coverage says so" {
	use_fixture lab-6.1-arm64
	inspect list --json --source bufinfo
	json_is '[.coverage[].source] | tojson' '["bufinfo"]'
	json_is '.buffers[0].holders' null
	inspect -4 list --json --source 'rk_*'
	stderr_has "no node that tells of dma-bufs is here"
	inspect -2 list --source nonsense
	stderr_has "no source 'nonsense'"
}

@test "show: by id, inode, pid/fd; several; JSON" {
	use_fixture lab-6.1-arm64
	inspect show i1 14
	stdout_is_file show.txt
	inspect show "$(pid_of surfaceflinger)/8" --json
	json_is '.buffers[0].ino' 10
	json_valid show
	inspect -4 show i999
	stderr_has "no buffer 'i999'"
}

@test "show: an allocator that is gone is said to be gone" {
	use_fixture lab-6.1-arm64
	inspect show 10
	stdout_has "$(pid_of camera-hal) camera-hal (that process is gone)"
}

@test "show: by kernel pointer out of a log" {
	cd "$TOP"
	inspect show ffffff819883e200 samples/captures/rk3588-android12-rk_dmabuf-dev.txt
	stdout_has "474-c2@1.1-servi"
	stdout_has "fdc38100.rkvdec-core"
	stdout_has "floored to KiB"
}

@test "what fits no terminal is cut, not wrapped" {
	use_fixture lab-6.1-arm64
	COLUMNS=60 inspect list --by buffer
	[[ -z $(awk 'length($0) > 70' "$BATS_TEST_TMPDIR/stdout" | grep '^i') ]]
	stdout_has "…"
}

@test "size and peak that stay 0 while buffers are listed are not believed" {
	mkdir -p "$BATS_TEST_TMPDIR/root/proc/rk_dmabuf"
	cd "$TOP"
	tail -n +2 samples/rk3588-leak/log1.log >"$BATS_TEST_TMPDIR/root/proc/rk_dmabuf/dev"
	echo "Total: 0 KiB" >"$BATS_TEST_TMPDIR/root/proc/rk_dmabuf/size"
	echo "Peak: 0 MiB" >"$BATS_TEST_TMPDIR/root/proc/rk_dmabuf/peak"
	inspect list --json "$BATS_TEST_TMPDIR/root"
	json_is .totals.reported_bytes null
	json_is .totals.peak_bytes null
	json_is .totals.size_bytes 85962752
	inspect list "$BATS_TEST_TMPDIR/root"
	stdout_has "CONFIG_RK_DMABUF_DEBUG is off"
}
