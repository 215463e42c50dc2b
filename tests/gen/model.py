# SPDX-License-Identifier: MIT
"""What a kernel knows of its dma-bufs, as plain records; the node modules render bytes from them.

Text is bytes, because names may hold anything but NUL.  None is NULL.  Lists are in the order the
kernel walks them: newest first for buffers and for attachments.
"""

from dataclasses import dataclass, field
from typing import Optional


@dataclass(slots=True)
class Buffer:
    """One dma-buf."""
    pointer: int = 0
    ino: int = 0
    name: Optional[bytes] = None
    exporter: bytes = b"system"
    size: int = 0
    refs: int = 1
    flags: int = 2
    mode: int = 0x80007
    attachments: list = field(default_factory=list)     # device names, newest first
    segments: Optional[list] = None     # (address, size) of the first cached mapping; None: not cached
    fences: list = field(default_factory=list)
    address: Optional[int] = None       # physical start in a contiguous heap
    unlisted: bool = False              # missing from the private list of its rk_dma_heap
    lock_failed: bool = False           # its lock could not be taken (kernels up to 5.2)


@dataclass(slots=True)
class Fence:
    """A fence of a buffer's reservation object."""
    usage: bytes                        # write, read or kernel
    driver: bytes
    timeline: bytes
    seqno: int
    signalled: bool


@dataclass(slots=True)
class Contig:
    """An allocation of a heap that is not a dma-buf: contiguous pages (start) or loose pages (None)."""
    owner: Optional[bytes]
    start: Optional[int]
    size: int


@dataclass(slots=True)
class Heap:
    """A heap of rk_dma_heap."""
    name: bytes
    buffers: list = field(default_factory=list)
    contiguous: list = field(default_factory=list)
    pages: list = field(default_factory=list)
    total: Optional[int] = None         # the heap's own counter; None: the sum of what it lists
    interrupted_at: Optional[int] = None    # index of the buffer whose lock was broken by a signal

    def counted(self):
        """What the heap's running counter holds."""
        if self.total is not None:
            return self.total
        return sum(x.size for x in self.buffers + self.contiguous + self.pages)


@dataclass(slots=True)
class CmaArea:
    """A CMA area; bitmap has one bit per 1 << order pages, as an integer, bit 0 the lowest."""
    name: bytes
    base_pfn: int
    pages: int
    order: int = 0
    bitmap: int = 0
    page_shift: int = 12

    def bits(self):
        """Bits in the bitmap."""
        return self.pages >> self.order

    def used_pages(self):
        """Pages covered by set bits."""
        return self.bitmap.bit_count() << self.order

    def words(self):
        """The bitmap as 32-bit words, lowest first."""
        return [(self.bitmap >> (32 * i)) & 0xffffffff for i in range((self.bits() + 31) // 32)]


@dataclass(slots=True)
class MppSession:
    """A session of /proc/mpp_service; used and unused are (iova, size) lists."""
    pid: int
    index: int
    device: bytes
    used: list = field(default_factory=list)
    unused: list = field(default_factory=list)
    has_dma: bool = True
    encoder: Optional[bytes] = None     # device column of the encoder table; None: not an encoder
    items: list = field(default_factory=list)   # (title, value or None) of the encoder table


@dataclass(slots=True)
class RgaHandle:
    """A buffer of the RGA memory manager; kind is dma_buf, virtual, physical, unknown or invalid.

    Of a user-memory buffer whose mapping is invalid (valid False) only the first lines are printed.
    """
    handle: int
    kind: str
    refs: int = 1
    flag: int = 2
    tgid: int = 1000
    address: int = 0                    # hashed dma_buf, va or pa, by kind
    pages: int = 0
    iova: int = 0
    offset: int = 0
    sgt: int = 0
    size: int = 0
    core: int = 1
    contiguous: Optional[int] = None    # physical address, if it is contiguous
    valid: bool = True


@dataclass(slots=True)
class IonClient:
    """A client's use of one ION heap."""
    name: bytes
    pid: int
    size: int


@dataclass(slots=True)
class IonOrphan:
    """A buffer no ION handle reaches."""
    name: bytes
    pid: int
    size: int
    map_count: int = 0
    refs: int = 1
    pointer: Optional[int] = None


@dataclass(slots=True)
class IonHeap:
    """An ION heap."""
    name: bytes
    clients: list = field(default_factory=list)
    orphans: list = field(default_factory=list)
    total: Optional[int] = None         # None: clients and orphans together
    deferred: Optional[int] = None      # None: this heap does not defer
    tail: list = field(default_factory=list)    # the heap's own lines, after the last dashes


@dataclass(slots=True)
class Fd:
    """A file descriptor; buffer set: a dma-buf, drm set: a DRM file, else target is the link text."""
    number: int
    target: bytes = b""
    buffer: Optional[Buffer] = None
    drm: Optional["DrmClient"] = None
    flags: int = 0o2000002
    mount: int = 15
    pos: int = 0
    ino: int = 0


@dataclass(slots=True)
class Mapping:
    """A mapping; buffer set: of a dma-buf, else path (b"" for anonymous memory)."""
    start: int
    size: int
    perms: bytes = b"rw-s"
    offset: int = 0
    device: tuple = (0, 5)
    ino: int = 0
    path: bytes = b""
    buffer: Optional[Buffer] = None


@dataclass(slots=True)
class Process:
    """A process with what it holds."""
    pid: int
    comm: bytes
    ppid: int = 1
    start_ticks: int = 0
    fds: list = field(default_factory=list)
    mappings: list = field(default_factory=list)
    open_files_limit: int = 1024


@dataclass(slots=True)
class DrmRegion:
    """Memory of a DRM client in one region; None: the driver does not report it."""
    name: bytes
    total: int
    shared: int = 0
    active: Optional[int] = 0
    resident: Optional[int] = None
    purgeable: Optional[int] = None


@dataclass(slots=True)
class DrmClient:
    """An open DRM file."""
    driver: bytes
    client_id: int
    pdev: Optional[bytes] = None
    client_name: Optional[bytes] = None
    regions: list = field(default_factory=list)
