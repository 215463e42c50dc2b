#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Copies the kernel's dma-buf nodes to standard output, as a capture file for
# dmabuf-inspect, from a board that does not have dmabuf-inspect:
#
#	adb shell 'sh -s' < capture.sh > board.dmicap
#	ssh root@board 'sh -s' < capture.sh > board.dmicap
#	sh capture.sh > board.dmicap
#
# and then `dmabuf-inspect list board.dmicap`. Run it as root: others see only their own
# processes, and no debugfs. It writes nothing anywhere and changes nothing.
#
# usage: capture.sh [ROOT]	ROOT: a copied tree in place of the running kernel
#
# What is in the file: the nodes as they are; of processes that hold dma-bufs or GPU
# descriptors their names, limits, and those descriptors and mappings; of all others the
# process number. Host name, kernel command line and configuration are in it.
#
# Needs a POSIX shell with cat, grep, ls, readlink, sed, sort, as Android (toybox) and
# busybox have them; date, uname, stat and base64 are used where they are. The format is
# described in src/base/root_capture.c. No content can break its frame: each line of it
# gets a `|` in front. That it reads from nothing but its arguments (see the last line)
# is what lets `sh -s` read the script itself from standard input.

tab='	'
nl='
'

# ---- nodes -----------------------------------------------------------------------------

# status MESSAGE: how the reading of a node ended, by what cat said
status()
{
	case $1 in
	'') echo '<ok' ;;
	*'ermission denied'* | *'not permitted'*) echo '<denied' ;;
	*'No such file'* | *'No such process'* | *'No such device'*) echo '<gone' ;;
	*'nvalid argument'*) echo '<error EINVAL' ;;
	*) echo '<error EIO' ;;
	esac
}

# may_stand NAME: a name that a line can hold and that echo leaves alone
may_stand()
{
	case $1 in
	*[!-A-Za-z0-9._@:+,/#=~\ ]*)
		left_out=$((left_out + 1))
		return 1
		;;
	esac
}

# node NAME: one file. The empty line is for a last line without an end, readers skip it;
# they drop one CR at the end of a line, hence a second one.
node()
{
	may_stand "$1" || return 0
	[ -e "$root/$1" ] && [ ! -d "$root/$1" ] || return 0
	echo ">$1"
	# shellcheck disable=SC2002 # not every sed says why it could not read, cat does
	{ message=$({ cat "$root/$1" | sed -e 's/^/|/' -e "s/$cr\$/&&/" >&3; } 2>&1); } 3>&1
	echo
	status "$message"
}

# small NAME: a file of one line, without a process for each of thousands
small()
{
	may_stand "$1" || return 0
	line=
	{ IFS= read -r line <"$root/$1"; } 2>/dev/null || {
		node "$1"
		return 0
	}
	case $line in
	*\\*) node "$1" ;;
	*) echo ">$1$nl|$line$nl<ok" ;;
	esac
}

# nodes FUNCTION PATH...: those that a pattern found; itself where it found none
nodes()
{
	one=$1
	shift
	for path; do
		[ -e "$path" ] && "$one" "${path#"$root"/}"
	done
}

# directory NAME: was it there, could it be listed?
directory()
{
	[ -d "$root/$1" ] || return 0
	if ls "$root/$1" >/dev/null 2>&1; then
		echo ">$1$nl<dir"
	else
		echo ">$1$nl<denied"
	fi
}

# a device's name is the last component of a link
attachments()
{
	for path in "$root"/sys/kernel/dmabuf/buffers/*/attachments/*; do
		[ -L "$path/device" ] || continue
		may_stand "${path#"$root"/}" || continue
		echo ">${path#"$root"/}/device"
		readlink "$path/device" | sed 's/^/|/'
		echo '<link'
	done
	for path in "$root"/sys/kernel/dmabuf/buffers/*/attachments; do
		[ -d "$path" ] && echo ">${path#"$root"/}$nl<dir"
	done
}

# The configuration is compressed; in what form it stands in the file does not matter.
configuration()
{
	name=proc/config.gz
	[ -r "$root/$name" ] || return 0
	if command -v base64 >/dev/null 2>&1; then
		echo ">$name"
		base64 <"$root/$name" | sed 's/^/=/'
		echo '<ok'
	elif command -v zcat >/dev/null 2>&1; then
		echo ">$name"
		zcat <"$root/$name" | sed 's/^/|/'
		echo '<ok'
	fi
}

# As dmabuf-inspect orders them: dev and bufinfo are matched by their order, and so are
# read one right after the other.
all_nodes()
{
	for name in sys/kernel/debug sys/kernel/tracing proc/rk_dmabuf proc/rk_cma \
		proc/mpp_service proc/rkrga sys/kernel/dmabuf/buffers sys/kernel/mm/cma; do
		directory "$name"
	done
	for name in proc/rk_dmabuf/dev sys/kernel/debug/dma_buf/bufinfo proc/rk_dmabuf/sgt \
		proc/rk_dmabuf/size proc/rk_dmabuf/peak; do
		node "$name"
	done
	nodes small "$root"/sys/kernel/dmabuf/buffers/*/exporter_name \
		"$root"/sys/kernel/dmabuf/buffers/*/size
	attachments
	nodes node "$root"/proc/rk_dma_heap/* "$root"/sys/kernel/debug/rk_dma_heap/* \
		"$root"/sys/kernel/rk_dma_heap/rk_total_pools_kb "$root"/proc/rk_cma/*
	for name in count used maxchunk order_per_bit base_pfn bitmap \
		'ranges/*/base_pfn' 'ranges/*/bitmap'; do
		# shellcheck disable=SC2086 # the pattern is to be one
		nodes node "$root"/sys/kernel/debug/cma/*/$name
	done
	nodes small "$root"/sys/kernel/mm/cma/*/*
	nodes node "$root"/proc/mpp_service/sessions-summary "$root"/proc/mpp_service/version \
		"$root"/proc/mpp_service/load "$root"/proc/mpp_service/supports-device \
		"$root"/proc/mpp_service/*/session_buffers \
		"$root"/proc/mpp_service/*/sessions-info \
		"$root"/proc/rkrga/mm_session "$root"/proc/rkrga/driver_version \
		"$root"/sys/kernel/debug/rkrga/mm_session \
		"$root"/sys/kernel/debug/dri/*/mm_dump "$root"/sys/kernel/debug/dri/*/name \
		"$root"/sys/kernel/debug/dri/*/gem_names "$root"/proc/rk_memblock/*
	for path in "$root"/sys/kernel/debug/ion/* "$root"/sys/kernel/debug/ion/*/* \
		"$root"/sys/kernel/ion/*; do
		case $path in
		*_shrink) ;;
		*) nodes node "$path" ;;
		esac
	done
	nodes node "$root"/proc/process_dmabuf_info "$root"/proc/ion_process_info \
		"$root"/proc/dma_heap/* "$root"/sys/kernel/debug/dma_buf/process_bufinfo \
		"$root"/sys/kernel/debug/vivo_dma_buf/*
}

about_kernel()
{
	for name in proc/version proc/uptime proc/cmdline proc/filesystems proc/mounts \
		proc/meminfo proc/sys/kernel/osrelease proc/sys/kernel/random/boot_id \
		proc/sys/kernel/kptr_restrict proc/sys/kernel/yama/ptrace_scope \
		proc/sys/kernel/perf_event_paranoid sys/fs/selinux/enforce \
		sys/kernel/security/lockdown; do
		node "$name"
	done
	configuration
}

# ---- processes -------------------------------------------------------------------------

# candidates TABLE: descriptors that may be dma-bufs or GPUs. Names can hold anything, so
# a line of ls proves nothing; but the line of a true one begins as it should.
candidates()
{
	# shellcheck disable=SC2010 # a file name is a number here, and its link is wanted
	ls -l "$root/$1/fd/" 2>/dev/null | grep -e '-> /dmabuf:' -e '-> anon_inode:dmabuf' \
		-e '-> /dev/dri/' | sed -e 's/ -> .*//' -e 's/.* //' | grep -v '[^0-9]' |
		sort -n -u
}

# escaped LINK, with FRONT before it: one line whatever is in it
escaped()
{
	readlink "$1" 2>/dev/null | sed -e ':a' -e '$!{' -e 'N' -e 'ba' -e '}' \
		-e 's/\\/\\\\/g' -e "s/$tab/\\\\t/g" -e "s/$cr/\\\\r/g" -e 's/\n/\\n/g' \
		-e "s/^/$2/"
}

# inode_of TABLE FD: where fdinfo does not say; and the device, once. Only of what the
# kernel itself called a dma-buf: looking at any other file could hang.
inode_of()
{
	inode=-
	[ -z "$root" ] && grep -q '^exp_name:' "/$1/fdinfo/$2" 2>/dev/null || return 0
	if [ -z "$device" ]; then
		found=$(stat -L -c '%i %d' "/$1/fd/$2" 2>/dev/null) || return 0
		device=${found#* }
		major=$(((device >> 8) & 4095))
		minor=$(((device & 255) | ((device >> 12) & 1048320)))
		inode=${found% *}@$major:$minor
	elif ! grep -q '^ino:' "/$1/fdinfo/$2" 2>/dev/null; then
		found=$(stat -L -c '%i' "/$1/fd/$2" 2>/dev/null) && inode=$found
	fi
}

# is_held LINK: does it say so when asked alone? Notes whom a name speaks of.
is_held()
{
	link=$(readlink "$1" 2>/dev/null)
	case $link in
	/dmabuf:[1-9]*-*)
		link=${link#/dmabuf:}
		note_name "${link%%-*}"
		;;
	/dmabuf:* | anon_inode:dmabuf* | /dev/dri/*) ;;
	*) return 1 ;;
	esac
}

# note_name DIGITS
note_name()
{
	case $1 in
	*[!0-9]*) ;;
	*)
		case $named in
		*" $1 "*) ;;
		*) named="$named$1 " ;;
		esac
		;;
	esac
}

# table TABLE FDS: fdinfo and list of those that are held; sets `real`
held_descriptors()
{
	real=' '
	for fd in $2; do
		is_held "$root/$1/fd/$fd" || continue
		# It may have been closed since; in a tree fdinfo may never have been.
		[ -n "$root" ] || [ -e "/$1/fdinfo/$fd" ] || continue
		node "$1/fdinfo/$fd"
		real="$real$fd "
	done
}

list_descriptors()
{
	echo ">$1/fd.list"
	for fd in $real; do
		inode_of "$1" "$fd"
		escaped "$root/$1/fd/$fd" "|$fd$tab$inode$tab"
	done
	for path in "$root/$1"/fd/*; do
		fd=${path##*/}
		case $fd in
		*[!0-9]*) continue ;;
		esac
		case $real in
		*" $fd "*) ;;
		*) echo "|$fd$tab-$tab" ;;
		esac
	done
	echo '<ok'
}

# numbers TABLE: its descriptors, to tell a table of one's own from a shared one
numbers()
{
	all=
	for path in "$root/$1"/fd/*; do
		all="$all ${path##*/}"
	done
}

# A thread may have descriptors of its own. Tables with the same numbers are taken for one.
threads()
{
	numbers "$1"
	leader=$all
	for task in "$root/$1"/task/[0-9]*; do
		tid=${task##*/}
		[ "$tid" != "${1#proc/}" ] || continue
		[ -d "$task/fd" ] || continue
		numbers "$1/task/$tid"
		[ "$all" != "$leader" ] || continue
		some=$(candidates "$1/task/$tid")
		[ -n "$some" ] || continue
		held_descriptors "$1/task/$tid" "$some"
		[ "$real" = ' ' ] && continue
		list_descriptors "$1/task/$tid"
		of_threads=yes
	done
}

# descriptors PROCESS: sets `held`
descriptors()
{
	[ -d "$root/$1/fd" ] || return 0
	listing=$(ls -l "$root/$1/fd/" 2>&1)
	case $listing in
	*' -> '*) ;;
	*'ermission denied'*)
		echo ">$1/fd.list$nl<denied"
		denied=$((denied + 1))
		return 0
		;;
	esac
	fds=
	case $listing in
	*'-> /dmabuf:'* | *'-> anon_inode:dmabuf'* | *'-> /dev/dri/'*)
		fds=$(candidates "$1")
		;;
	esac
	of_threads=
	threads "$1"
	held_descriptors "$1" "$fds"
	if [ "$real" != ' ' ] || [ -n "$of_threads" ]; then
		held=yes
		list_descriptors "$1"
	fi
}

# What a line of maps looks like up to its path, with the device in brackets.
mapping='^[0-9a-f]*-[0-9a-f]* .... [0-9a-f]* \([0-9a-f]*:[0-9a-f]*\) [0-9]* *'

# mappings PROCESS: those of dma-bufs; and each device that carries ordinary files, once
mappings()
{
	[ -e "$root/$1/maps" ] || return 0
	devices=$(sed -n -e "s|$mapping/dmabuf:.*|+|p" -e "s|${mapping}anon_inode:dmabuf.*|+|p" \
		-e "s|$mapping/.*|\\1|p" "$root/$1/maps" 2>&1)
	case $devices in
	*'ermission denied'*)
		echo ">$1/maps$nl<denied"
		return 0
		;;
	esac
	new=
	dmabufs=
	for device_id in $devices; do
		case $device_id in
		+) dmabufs=yes ;;
		*[!0-9a-f:]*) ;;
		*)
			case $seen in
			*" $device_id "*) ;;
			*)
				seen="$seen$device_id "
				new="$new $device_id"
				;;
			esac
			;;
		esac
	done
	[ -n "$new$dmabufs" ] || return 0
	echo ">$1/maps"
	for device_id in $new; do
		echo "|00000000-00001000 ---p 00000000 $device_id 0 /"
	done
	if [ -n "$dmabufs" ]; then
		sed -n -e "/$mapping\\/dmabuf:/s/^/|/p" -e "/${mapping}anon_inode:dmabuf/s/^/|/p" \
			"$root/$1/maps" 2>/dev/null
		mapped=$(sed -n "s|$mapping/dmabuf:\([1-9][0-9]*\)-.*|\2|p" \
			"$root/$1/maps" 2>/dev/null | sort -u)
		for pid in $mapped; do
			note_name "$pid"
		done
		held=yes
	fi
	echo '<ok'
	[ -z "$dmabufs" ] || mounts "$1"
}

# mounts PROCESS: where the devices of its dma-buf mappings are mounted, which is nowhere
mounts()
{
	[ -r "$root/$1/mountinfo" ] || return 0
	devices=$(sed -n "s|$mapping/dmabuf:.*|\\1|p" "$root/$1/maps" 2>/dev/null | sort -u)
	echo ">$1/mountinfo"
	for device_id in $devices; do
		number=$((0x${device_id%:*})):$((0x${device_id#*:}))
		sed -n "s/^\\([0-9]* [0-9]* $number\\) .*/|\\1/p" "$root/$1/mountinfo"
	done
	echo '<ok'
}

# describe PROCESS: its name, when it began, how many files it may open
describe()
{
	case $described in
	*" $1 "*) return 0 ;;
	esac
	described="$described$1 "
	node "$1/stat"
	[ -e "$root/$1/stat" ] || node "$1/comm"
	[ -r "$root/$1/limits" ] || return 0
	echo ">$1/limits"
	sed -n 's/^Max open files/|&/p' "$root/$1/limits" 2>/dev/null
	echo '<ok'
}

# page_size PROCESS: of one, which is enough
page_size()
{
	[ -z "$page" ] || return 0
	page=$(sed -n '/^KernelPageSize:/{' -e 'p' -e 'q' -e '}' "$root/$1/smaps" 2>/dev/null)
	[ -z "$page" ] || echo ">$1/smaps$nl|$page$nl<ok"
}

process()
{
	held=
	echo ">$1$nl<dir"
	descriptors "$1"
	mappings "$1"
	[ -z "$held" ] || describe "$1"
	processes=$((processes + 1))
}

# Processes that buffers are named after, and that may hold nothing themselves.
allocators()
{
	listed=$(cat "$root"/proc/rk_dmabuf/dev "$root"/sys/kernel/debug/dma_buf/bufinfo \
		"$root"/proc/rk_dma_heap/* 2>/dev/null | grep -o -E '[0-9A-Za-z]+-' |
		sed -n 's/^\([1-9][0-9]*\)-$/\1/p' | sort -n -u)
	for pid in $listed $named; do
		[ -d "$root/proc/$pid" ] && describe "proc/$pid"
	done
}

all_processes()
{
	processes=0
	denied=0
	described=' '
	named=' '
	seen=' '
	device=
	page=
	for path in "$root"/proc/[0-9]*; do
		case ${path##*/} in
		*[!0-9]*) continue ;;
		esac
		[ "$processes" -ge 8 ] || page_size "proc/${path##*/}"
		process "proc/${path##*/}"
	done
	allocators
}

# ---- the file --------------------------------------------------------------------------

manifest()
{
	echo '>MANIFEST'
	echo '|tool capture.sh'
	if [ -z "$root" ]; then
		echo '|from live'
		now=$(date '+%s %N' 2>/dev/null)
		case ${now#* } in
		[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]) part=${now#* } ;;
		*) part=000000000 ;;	# a date that does not know %N
		esac
		case ${now%% *} in
		*[!0-9]* | '') ;;
		*) echo "|time ${now%% *}$part" ;;
		esac
		read -r up rest </proc/uptime 2>/dev/null &&
			echo "|boottime ${up%.*}${up#*.}0000000"
		machine=$(uname -m 2>/dev/null) && echo "|machine $machine"
		read -r host rest </proc/sys/kernel/hostname 2>/dev/null && echo "|host $host"
	else
		echo '|from tree'
	fi
	if [ -n "$1" ]; then
		echo "|complete yes$nl|left_out $left_out"
		echo "|processes $processes$nl|denied_processes $denied"
	fi
	echo '<ok'
}

main()
{
	LC_ALL=C
	export LC_ALL
	root=${1-}
	root=${root%/}
	left_out=0
	cr=$(printf '\r')
	if [ -n "$root" ] && [ ! -d "$root" ]; then
		echo "capture.sh: $root: no such directory" >&2
		return 1
	fi
	echo 'dmicap 1'
	manifest ''
	all_nodes
	all_processes
	about_kernel
	manifest end
}

main "$@" </dev/null
