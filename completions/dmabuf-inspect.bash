# SPDX-License-Identifier: MIT
# bash completion for dmabuf-inspect; written by tests/tools/make-completions.
# shellcheck shell=bash disable=SC2207 # words hold no blanks

_dmabuf_inspect() {
	local cur prev word command='' words
	cur=${COMP_WORDS[COMP_CWORD]}
	prev=${COMP_WORDS[COMP_CWORD - 1]}
	COMPREPLY=()
	case $prev in
	--sysroot)
		compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur"))
		return
		;;
	--source)
		COMPREPLY=($(compgen -W 'rk_dmabuf/buffers rk_dmabuf/dev rk_dmabuf/sgt rk_dmabuf/size rk_dmabuf/peak bufinfo sysfs fdinfo maps rk_dma_heap rk_cma cma_debugfs cma_sysfs mpp rga drm_fdinfo drm_mm_dump ion meminfo' -- "$cur"))
		return
		;;
	--pid)
		COMPREPLY=()
		return
		;;
	--task)
		COMPREPLY=()
		return
		;;
	--name)
		COMPREPLY=()
		return
		;;
	--exporter)
		COMPREPLY=()
		return
		;;
	--device)
		COMPREPLY=()
		return
		;;
	--min-size)
		COMPREPLY=()
		return
		;;
	--units)
		COMPREPLY=($(compgen -W 'auto bytes KiB' -- "$cur"))
		return
		;;
	--color)
		COMPREPLY=($(compgen -W 'auto always never' -- "$cur"))
		return
		;;
	--output | -o)
		compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
		return
		;;
	--by)
		COMPREPLY=($(compgen -W 'owner buffer task exporter device holder size heap' -- "$cur"))
		return
		;;
	--sort)
		COMPREPLY=($(compgen -W 'size count name pid' -- "$cur"))
		return
		;;
	--top)
		COMPREPLY=()
		return
		;;
	--interval)
		COMPREPLY=()
		return
		;;
	--heap)
		COMPREPLY=()
		return
		;;
	--kernel)
		compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))
		return
		;;
	esac
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case $word in
		-*) ;;
		list | show | diff | peak | map | snapshot | capture | doctor | help)
			command=$word
			break
			;;
		esac
	done
	words='--json --sysroot --source --pid --task --name --exporter --device --min-size --units --color --output --quiet --verbose --help --version'
	case $command in
	list) words+=' --by --sort --top' ;;
	diff) words+=' --exit-code --force' ;;
	peak) words+=' --reset --interval' ;;
	map) words+=' --heap --svg' ;;
	capture) words+=' --redact' ;;
	doctor) words+=' --kernel' ;;
	help) words+=' --options' ;;
	esac
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$words" -- "$cur"))
	elif [[ -z $command ]]; then
		COMPREPLY=($(compgen -W 'list show diff peak map snapshot capture doctor help' -- "$cur"))
	elif [[ $command == help ]]; then
		COMPREPLY=($(compgen -W 'list show diff peak map snapshot capture doctor help' -- "$cur"))
	else
		compopt -o filenames
		COMPREPLY=($(compgen -f -- "$cur"))
	fi
}
complete -F _dmabuf_inspect dmabuf-inspect
