# What the lab's scripts share: where the cache is, the series table, the
# architecture table, and a private apt that leaves the machine's own alone.
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Sourced, not run.  The caller has set LAB to the folder of this file.

set -eu -o pipefail

: "${LAB:?lib.sh is sourced by the scripts beside it}"
# shellcheck disable=SC2034 # used by the scripts that source this file
TOP=$(cd "$LAB/../.." && pwd)
CACHE=${DMABUF_INSPECT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dmabuf-inspect}

say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	say "$*"
	exit 1
}

# Print the comment at the top of the running script: it is the manual.
usage()
{
	sed -n '2,/^[^#]/{/^# SPDX/d;s/^# \{0,1\}//p}' "$0"
}

need()
{
	local tool missing=

	for tool; do
		command -v "$tool" >/dev/null || missing="$missing $tool"
	done
	[ -z "$missing" ] || die "not installed:$missing"
}

# series_field KEY COLUMN: one field of the series table.
series_field()
{
	awk -v key="$1" -v col="$2" '$1 == key { print $col; found = 1 }
		END { exit !found }' "$LAB/series" ||
		die "unknown series '$1'; known: $(series_known)"
}

series_known()
{
	awk '!/^#/ && NF { printf "%s ", $1 }' "$LAB/series"
}

# arch_set ARCH: what make, Debian and QEMU call this architecture.
arch_set()
{
	# shellcheck disable=SC2034 # used by the scripts that source this file
	case $1 in
	arm64)
		KARCH=arm64 CROSS=aarch64-linux-gnu- DEBARCH=arm64
		KIMAGE=arch/arm64/boot/Image CONSOLE=ttyAMA0
		QEMU=(qemu-system-aarch64 -M virt -cpu cortex-a53)
		;;
	arm)
		KARCH=arm CROSS=arm-linux-gnueabihf- DEBARCH=armhf
		KIMAGE=arch/arm/boot/zImage CONSOLE=ttyAMA0
		QEMU=(qemu-system-arm -M 'virt,highmem=off' -cpu cortex-a15)
		;;
	x86_64)
		KARCH=x86_64 CROSS='' DEBARCH=amd64
		KIMAGE=arch/x86/boot/bzImage CONSOLE=ttyS0
		QEMU=(qemu-system-x86_64 -M q35 -cpu max)
		;;
	*)
		die "unknown architecture '$1'; known: arm64 arm x86_64"
		;;
	esac
	# shellcheck disable=SC2034
	# A native build needs no prefix, whatever the machine is.
	case $1-$(uname -m) in
	arm64-aarch64 | x86_64-x86_64) CROSS='' ;;
	x86_64-*) CROSS=x86_64-linux-gnu- ;;
	esac
}

# hash_of: name for a cache entry, from the inputs on standard input.
hash_of()
{
	sha256sum | cut -c1-12
}

# locked NAME COMMAND...: one builder at a time for one cache entry.
locked()
{
	# not called "name": the caller's variables of that name stay visible
	local lock_=$1

	shift
	mkdir -p "$CACHE/lock"
	(
		flock 9
		"$@"
	) 9>"$CACHE/lock/$lock_"
}

# archive_uri main|security: the address this machine's apt uses for it.
archive_uri()
{
	local label=Debian

	[ "$1" = security ] && label=Debian-Security
	# shellcheck disable=SC2016 # the words are apt's, not the shell's
	apt-get indextargets --format '$(LABEL)	$(ORIGIN)	$(REPO_URI)' |
		awk -F '\t' -v want="$label" \
		'$1 == want && $2 == "Debian" { print $3; exit }' | grep . ||
		die "this machine's apt lists no $label archive"
}

# apt_private ARCHIVE SUITE DEBARCH: apt over that one suite and architecture,
# with lists of its own below the cache.  Sets APT, the options every apt
# command needs.
apt_private()
{
	local state=$CACHE/apt/$2-$3 uri

	uri=$(archive_uri "$1")
	mkdir -p "$state/lists/partial" "$state/archives/partial"
	printf 'deb [arch=%s] %s %s main\n' "$3" "$uri" "$2" \
		>"$state/sources.list"
	: >>"$state/status"
	# '#clear' keeps this machine's foreign architectures out
	cat >"$state/apt.conf" <<-EOF
		#clear APT::Architectures;
		APT::Architectures { "$3"; };
	EOF
	APT=(-q -c "$state/apt.conf" -o "APT::Architecture=$3"
		-o "Dir::Etc::sourcelist=$state/sources.list"
		-o Dir::Etc::sourceparts=/dev/null
		-o Dir::Etc::preferencesparts=/dev/null
		-o "Dir::State::lists=$state/lists"
		-o "Dir::State::status=$state/status"
		-o "Dir::Cache::archives=$state/archives"
		-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
		-o APT::Sandbox::User=root)
	if [ -z "$(find "$state/lists" -name '*Packages*' -mmin -1440)" ]; then
		say "reading the package lists of $2 ($3)"
		locked "apt-$2-$3" apt-get "${APT[@]}" update >&2
	fi
}

# deb_unpack ARCHIVE SUITE DEBARCH PACKAGE DIR: unpack a package's newest
# version into DIR/<version> and print that path; nothing is installed.
deb_unpack()
{
	local pkg=$4 dir=$5 version tmp

	apt_private "$1" "$2" "$3"
	version=$(apt-cache "${APT[@]}" show --no-all-versions "$pkg" |
		awk '/^Version:/ && !v { v = $2 } END { print v }')
	[ -n "$version" ] || die "no package $pkg in $2"
	# the epoch's colon would confuse make and PATH-like variables
	dir=$dir/${version//:/_}
	if [ ! -e "$dir/.complete" ]; then
		say "downloading $pkg $version"
		tmp=$dir.download
		rm -rf "$tmp" "$dir"
		mkdir -p "$tmp" "$dir"
		(cd "$tmp" && apt-get "${APT[@]}" download "$pkg" >&2)
		dpkg-deb -x "$tmp"/*.deb "$dir"
		rm -r "$tmp"
		: >"$dir/.complete"
	fi
	printf '%s\n' "$dir"
}
