#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# map: text, SVG and JSON of heaps and address spaces; what must not be called free.

bats_require_minimum_version 1.8.0
load ../lib/helpers

RV1106=$TOP/samples/rv1106/rk-dma-heap-info
HEAP=rk-dma-heap-cma

# One dma-buf as the driver prints it, its KiB added to $total.
alloc() { # NAME START KIB
	local start=$(($2)) size=$(($3 * 1024))
	printf 'dma-heap:<%s> -dmabuf\ti_ino = %d\n' $HEAP $((ino = ${ino:-100} + 1))
	printf '\tAlloc by (%-20s)\t[0x%08x-0x%08x]\t0x%08x (%d KiB)\n' "$1" "$start" \
		$((start + size - 1)) "$size" "$3"
	printf '\t\tAttached Devices:\nTotal 0 devices attached\n\n'
	total=$((${total:-0} + $3))
}

end() { # [KIB]: the heap's own counter, if not the sum
	local kib=${1:-$total}
	printf '\nTotal : 0x%x (%d KiB)\n' $((kib * 1024)) "$kib"
}

# 2 MiB and 4 KiB in turn, holes of 1 MiB and 512 KiB behind them.
fragmented() { # [KIB]
	local at=$((0x02800000)) total=0 ino=100
	while ((total < 8000)); do
		alloc rkipc $at 2048
		alloc npu $((at + 3 * 1024 * 1024)) 4
		at=$((at + 3584 * 1024 + 4096))
	done
	end "$@"
}

# dev and sgt of one buffer with this first segment, in one log.
with_segment() { # NAME START LAST KIB
	printf '%16s %-16s %-16s %14s %8s\n\n' DMABUF NAME EXPORT SIZE:KiB AttachedDevices
	printf 'ffffff8022507400 %-16s %-16s %10d KiB fdb60000.rga\n' "$1" system "$4"
	printf '\n%16s %-16s %-16s %14s %8s\n\n' DMABUF NAME EXPORT SIZE:KiB SGLIST
	printf 'ffffff8022507400 %-16s %-16s %10d KiB   0: 0x%016x..0x%016x (%10d KiB)\n' \
		"$1" system "$4" "$2" "$3" "$4"
}

@test "the documented RV1106 heap, whole" {
	inspect map --heap $HEAP:0x02800000+66M "$RV1106"
	stdout_is_file map-rv1106.txt
	stderr_is_empty
}

@test "... and its numbers" {
	inspect map --json --heap $HEAP:0x02800000+66M "$RV1106"
	json_valid map
	json_is '.heaps | length' 1
	json_is '.heaps[0].used_bytes' 23281664
	json_is '.heaps[0].free_bytes' $((44848 * 1024))
	json_is '.heaps[0].largest_hole_bytes' $((44848 * 1024))
	json_is '.heaps[0].listed' 44
	json_is '.heaps[0].is_order_aligned' false
	json_is '[.heaps[0].pieces[] | select(.kind == "contiguous")] | length' 12
	json_is '.heaps[0].owners[0] | [.owner, .count]' '["vmpi",24]'
	json_is '[.heaps[0].pieces[].size_bytes] | add == 66 * 1024 * 1024' true
}

@test "an unknown size is said, and nothing beyond is free" {
	inspect map "$RV1106"
	stdout_has "How large the heap is, is not known"
	stdout_has "--heap '$HEAP:BASE+SIZE'"
	stdout_has "what is free is not known"
	inspect map --json "$RV1106"
	json_valid map
	json_is '.heaps[0] | [.size_is_known, .free_bytes, .fragmentation]' '[false,null,null]'
}

@test "a size without a base tells what is free, not where" {
	inspect map --json --heap $HEAP:66M "$RV1106"
	json_is '.heaps[0] | [.size_is_known, .free_bytes, .largest_hole_bytes]' \
		"[false,$((44848 * 1024)),null]"
}

@test "who is in the way of what does not fit" {
	fragmented >"$BATS_TEST_TMPDIR/heap"
	inspect map --heap $HEAP:0x02800000+14352K "$BATS_TEST_TMPDIR/heap"
	stdout_has "Largest allocation that still fits: 1024 KiB at 0x02a00000"
	stdout_matches '  2048 KiB: 2048 KiB in 1 piece between .*: rkipc 2048 KiB'
	stdout_matches 'Fragmentation 0\.83 .*, 8 holes\.'
	inspect map --json --heap $HEAP:0x02800000+14352K "$BATS_TEST_TMPDIR/heap"
	json_valid map
	json_is '.heaps[0].in_the_way[0] | [.wanted_bytes, .busy, .busy_bytes]' \
		'[2097152,1,2097152]'
	json_is '.heaps[0].fragmentation' 0.8333
}

@test "gaps are not free when the heap counts more than is listed" {
	fragmented 9000 >"$BATS_TEST_TMPDIR/heap"
	COLUMNS=200 inspect map "$BATS_TEST_TMPDIR/heap"
	stdout_has "is not known to be free: the kernel counts 9000 KiB in use, 8208 KiB are listed"
	stdout_matches '^  0x0[0-9a-f]{7}  A+\?+'
	inspect map --json "$BATS_TEST_TMPDIR/heap"
	json_is '.heaps[0] | [.doubt, .holes, .free_bytes]' '["differs",0,null]'
	json_is '[.heaps[0].pieces[] | select(.kind == "free")] | length' 0
}

@test "gaps are not free when the listing is cut" {
	fragmented | head -n 12 >"$BATS_TEST_TMPDIR/heap"
	inspect map --json "$BATS_TEST_TMPDIR/heap"
	json_is '[.heaps[0].pieces[] | select(.kind == "free")] | length' 0
	json_has '.heaps[0].unknown_bytes > 0'
}

@test "overlaps are reported, with both owners" {
	{
		alloc one 0x02800000 64
		alloc two 0x02808000 64
		end
	} >"$BATS_TEST_TMPDIR/heap"
	inspect map "$BATS_TEST_TMPDIR/heap"
	stdout_has "1 overlap of 32 KiB in all: impossible"
	stdout_matches '0x02808000-0x0280ffff: one \(.*\) and two \('
	inspect map --json "$BATS_TEST_TMPDIR/heap"
	json_valid map
	json_is '.heaps[0] | [.overlaps, .overlap_bytes, .used_bytes]' '[1,32768,98304]'
	json_has '[.heaps[0].pieces[].size_bytes] | all(. > 0)'
}

@test "bounds that do not hold the listing are refused" {
	inspect map --heap $HEAP:0x02800000+1M "$RV1106"
	stdout_has "The bounds told do not hold all that is listed and are not used."
}

@test "addresses above 4 GiB are called out" {
	with_segment 812-cam 0x23fff0000 0x2400effff 1024 >"$BATS_TEST_TMPDIR/log"
	inspect map "$BATS_TEST_TMPDIR/log"
	stdout_has "Above 4 GiB (0xffffffff) lie 1024 KiB in 1 piece"
	stdout_has "Theirs: 812 cam 1024 KiB."
	stdout_has "DMA addresses of fdb60000.rga"
	with_segment 812-cam 0x3fff0000 0x400effff 1024 >"$BATS_TEST_TMPDIR/log"
	inspect map "$BATS_TEST_TMPDIR/log"
	stdout_lacks "Above 4 GiB"
}

# A tree with the heap's bitmap: 8 MiB from 0x02800000, 4 KiB a bit.
bitmap_tree() {
	local root=$BATS_TEST_TMPDIR/tree
	mkdir -p "$root/proc/rk_dma_heap"
	{
		alloc rkipc 0x02800000 512
		alloc npu 0x02900000 4
		end
	} >"$root/proc/rk_dma_heap/dma_heap_info"
	{
		printf 'Total: 8192 KiB\n Used: 644 KiB\n\n'
		printf 'FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF 00000000 00000000 00000000 00000000\n'
		printf '00000001 00000000 FFFFFFFF 00000000 00000000 00000000 00000000 00000000\n'
		printf '00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000\n%.0s' \
			1 2 3 4 5 6
	} >"$root/proc/rk_dma_heap/alloc_bitmap"
	echo "$root"
}

@test "a bitmap tells the free pages and those that nobody listed" {
	inspect map --json --sysroot "$(bitmap_tree)"
	json_valid map
	json_is '.heaps | length' 1
	json_is '.heaps[0] | [.bounds_from, .start, .size_is_known]' '["fitted","0x2800000",true]'
	json_is '.heaps[0] | [.used_bytes, .free_bytes]' "[$((644 * 1024)),$((7548 * 1024))]"
	json_is '[.heaps[0].pieces[] | select(.kind == "bitmap")] | map(.address_start)' \
		'["0x2940000"]'
	inspect map --sysroot "$(bitmap_tree)"
	stdout_matches '=  +128 KiB .*not listed: pages in use by others'
}

@test "CMA areas of debugfs lie where they say" {
	local area=$BATS_TEST_TMPDIR/tree/sys/kernel/debug/cma/linux,cma
	mkdir -p "$area"
	echo 4096 >"$area/count"
	echo 1024 >"$area/used"
	echo 3072 >"$area/maxchunk"
	echo 6 >"$area/order_per_bit"
	echo 262144 >"$area/base_pfn"
	echo 65535 0 >"$area/bitmap"
	inspect map --json --sysroot "$BATS_TEST_TMPDIR/tree"
	json_is '.heaps[0] | [.name, .start, .bounds_from]' '["linux,cma","0x40000000","area"]'
	json_is '.heaps[0] | [.used_bytes, .largest_hole_bytes]' '[4194304,12582912]'
}

@test "filters name whom to draw; the others stay where they are" {
	inspect map --json --name vmpi "$RV1106"
	json_is '.heaps[0].used_bytes' 23281664
	json_is '[.heaps[0].owners[].owner_kind] | sort' '["name","others"]'
	json_is '.heaps[0].owners[] | select(.owner == "vmpi") | .count' 24
}

@test "-v lists every piece" {
	inspect map -v "$RV1106"
	stdout_matches '^0x0324e000  0x03876fff +6308 KiB  vmpi +buffer i[0-9]+$'
	stdout_matches '^0x02827000  0x02dddfff +5852 KiB  ffa00000.rkisp  contiguous$'
}

@test "lines fit the terminal" {
	local width
	for width in 60 80 100 132; do
		COLUMNS=$width inspect map --heap $HEAP:0x02800000+66M "$RV1106"
		[[ -z $(awk -v w=$width 'length > w' "$STDOUT") ]] || fail "too long for $width"
	done
}

@test "without colour no escape, with colour the same text" {
	inspect map --color never "$RV1106"
	cp "$STDOUT" "$BATS_TEST_TMPDIR/plain"
	stdout_lacks $'\e'
	inspect map --color always "$RV1106"
	stdout_has $'\e['
	sed 's/\x1b\[[0-9;]*m//g' "$STDOUT" | diff "$BATS_TEST_TMPDIR/plain" -
}

@test "the SVG is well-formed and names everybody" {
	inspect map --svg -o "$BATS_TEST_TMPDIR/map.svg" --heap $HEAP:0x02800000+66M "$RV1106"
	stdout_is_empty
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/map.svg" <<-'PYTHON'
		import sys
		import xml.etree.ElementTree as tree
		svg = "{http://www.w3.org/2000/svg}"
		root = tree.parse(sys.argv[1]).getroot()
		assert root.tag == svg + "svg"
		titles = [t.text for t in root.iter(svg + "title")]
		assert sum("5852 KiB, 0x02827000-0x02dddfff" in t for t in titles) >= 1, titles
		assert any(t.startswith("rkisp-vir0, 16 KiB") for t in titles)
		assert any(t.startswith("free, 44848 KiB") for t in titles)
		assert not any(e.tag.endswith(("script", "image", "foreignObject")) for e in root.iter())
		width = float(root.get("width"))
		for rect in root.iter(svg + "rect"):
		    right = float(rect.get("x", 0)) + float(rect.get("width"))
		    assert right <= width + 0.5, rect.attrib
	PYTHON
}

@test "hostile names stay names" {
	{
		alloc $'<b>&"\'\e[31m\x07' 0x02800000 64
		alloc $'\xff\xfe]]>\xef\xbf\xbf' 0x02810000 64
		end
	} >"$BATS_TEST_TMPDIR/heap"
	inspect map "$BATS_TEST_TMPDIR/heap"
	stdout_lacks $'\e'
	stdout_lacks $'\x07'
	inspect map --json "$BATS_TEST_TMPDIR/heap"
	json_valid map
	json_has '[.heaps[0].owners[] | .owner_hex] | any'
	inspect map --svg "$BATS_TEST_TMPDIR/heap"
	stdout_lacks $'\e'
	stdout_lacks '<b>'
	/usr/bin/python3 -c 'import sys, xml.dom.minidom as d; d.parse(sys.argv[1])' "$STDOUT"
}

@test "nothing that tells an address: no report, and what would" {
	inspect -4 map "$TOP/samples/captures/mainline-6.1-arm64-system-heap.txt"
	stdout_is_empty
	stderr_has "nothing in it tells an address"
	stderr_has "/proc/rk_dma_heap/dma_heap_info"
	inspect -4 map --svg -o "$BATS_TEST_TMPDIR/none.svg" \
		"$TOP/samples/captures/mainline-6.1-arm64-system-heap.txt"
	[[ ! -e $BATS_TEST_TMPDIR/none.svg ]] || fail "a file was written"
}

@test "wrong usage" {
	inspect -2 map --heap $HEAP "$RV1106"
	stderr_has "is not NAME:0xBASE+SIZE or NAME:SIZE"
	inspect -2 map --heap $HEAP:2800000+66M "$RV1106"
	inspect -2 map --heap $HEAP:0x2800000+0 "$RV1106"
	inspect -2 map --heap $HEAP:0xfffffffffffff000+66M "$RV1106"
	inspect -2 map --json --svg "$RV1106"
	inspect -2 map "$RV1106" "$RV1106"
	inspect -4 map --heap cma:0x2800000+66M "$RV1106"
	stderr_has "no heap 'cma' with addresses in it; it has $HEAP"
}
