# SPDX-License-Identifier: MIT
"""The files below samples/ that a generator writes, so that they can be made again and compared."""

import pathlib

import rk3588
import rv1106


def made_files():
    """Path below samples/ and content of every file that is restored or made."""
    return {
        "rv1106/rk-dma-heap-info": rv1106.listing(),
        **rk3588.video_samples(),
        **rk3588.leak_samples(),
    }


def write(directory):
    """Write them below a directory."""
    for name, content in made_files().items():
        path = pathlib.Path(directory, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
