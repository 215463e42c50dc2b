# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Once per run of bats, before the tests of this folder: is there a tool to test at all?

setup_suite() {
	# bats 1.8.2 comes here with IFS set to a comma when it was given --filter-tags.
	IFS=$' \t\n'
	local top
	top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
	: "${DMABUF_INSPECT:=$top/build/dmabuf-inspect}"
	if [[ ! -x $DMABUF_INSPECT ]]; then
		echo "no tool at $DMABUF_INSPECT: run make, or set DMABUF_INSPECT" >&2
		return 1
	fi
}
