/* SPDX-License-Identifier: MIT */
/*
 * The snapshot: the state of all dma-bufs at one moment, whatever it was read from. It
 * owns everything reachable from it. Records refer to each other by index, so arrays may
 * grow; strings are ids in `strings` (0: absent); numbers that are not known are ABSENT64
 * or ABSENT32, never 0.
 *
 * Two layouts keep 100,000 buffers small: what one source gives for one buffer in one go
 * (attachments, segments) is a range of a shared array; what comes in any order (holders)
 * is a list threaded through one.
 */
#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/scan.h"
#include "base/strings.h"

/* Every place facts can come from. The names are API: --source, "source", "sources". */
enum source_id {
	SRC_RK_BUFFERS,
	SRC_RK_DEV,
	SRC_RK_SGT,
	SRC_RK_SIZE,
	SRC_RK_PEAK,
	SRC_BUFINFO,
	SRC_SYSFS,
	SRC_FDINFO,
	SRC_MAPS,
	SRC_RK_DMA_HEAP,
	SRC_RK_CMA,
	SRC_CMA_DEBUGFS,
	SRC_CMA_SYSFS,
	SRC_MPP,
	SRC_RGA,
	SRC_DRM_FDINFO,
	SRC_MM_DUMP,
	SRC_ION,
	SRC_MEMINFO,
	N_SOURCES,
};
_Static_assert(N_SOURCES <= 32, "buffer.sources is a 32-bit set");

extern const char *const source_names[N_SOURCES];

/* The id of a source name, -1 when there is none. */
int source_by_name(const char *name, size_t len);

enum coverage_status {
	COVERAGE_NOT_ASKED, /* left out by --source, or text that does not hold it */
	COVERAGE_OK,
	COVERAGE_PARTIAL, /* read, but not all of it: lines skipped, processes denied */
	COVERAGE_ABSENT,  /* this kernel does not have it */
	COVERAGE_DENIED,
	COVERAGE_ERROR,
};

extern const char *const coverage_names[];

struct coverage {
	enum coverage_status status;
	uint64_t records; /* understood */
	uint64_t skipped; /* lines, files or processes that were not */
	uint32_t detail;  /* string: what it would take, or what is odd */
};

/* Importers of one buffer through one device, repeats folded: `count` attachments. */
struct attachment {
	uint32_t device; /* string */
	uint32_t count;
};

/* One piece of the mapping: IOVA (sgt, MPP) or physical address. */
struct segment {
	uint64_t address; /* all ones: the kernel printed "no address" */
	uint64_t size_bytes;
};

struct buffer {
	uint64_t ino;
	uint64_t pointer; /* kernel address, an identity only while it lives */
	uint64_t size_bytes;
	uint64_t age_ns;
	uint64_t address_start, address_end; /* inclusive, physical */
	uint32_t name;			     /* string, bytes as the kernel gave them */
	uint32_t exporter;		     /* string */
	uint32_t heap;			     /* string */
	uint32_t allocator_pid;		     /* thread group id out of the name */
	uint32_t allocator_task;	     /* string */
	uint32_t refs;	      /* file references: fds, mappings, importers */
	uint32_t flags;	      /* open flags of the file, as bufinfo gives them */
	uint32_t mode;	      /* opaque */
	uint32_t attachments; /* first; valid when has_attachments */
	uint32_t n_attachments;
	uint32_t segments; /* first */
	uint32_t n_segments;
	uint32_t holders;     /* newest first, ABSENT32 ends */
	uint32_t sources;     /* set of 1 << source_id */
	uint32_t order;	      /* place in the list of the source that made it */
	bool size_is_exact;   /* false: floored to KiB by the kernel */
	bool has_attachments; /* a source that lists devices saw it: none is known */
	bool task_is_cut;     /* the name came from a 16-character column */
	bool name_is_cut;
	bool is_merged;	   /* folded into another record; not a buffer any more */
	bool is_ambiguous; /* joined to a look-alike, maybe the wrong one of several */
};

/* A process that holds buffers, or that allocated one. */
struct process {
	uint32_t pid;	   /* thread group id */
	uint32_t task;	   /* string: comm */
	uint64_t start_ns; /* since boot; tells a reused pid */
	uint32_t n_fds;	   /* all open descriptors; ABSENT32 when not counted */
	uint32_t fd_limit; /* soft RLIMIT_NOFILE; ABSENT32 unlimited or not known */
	uint64_t rss_bytes;
};

/* One process holding one buffer. */
struct holder {
	uint64_t mapped_bytes; /* sum of its mappings' lengths */
	uint32_t next;	       /* next holder of the same buffer, ABSENT32 ends */
	uint32_t process;      /* index */
	uint32_t fd;	       /* first descriptor, ABSENT32 when none */
	uint32_t more_fds;     /* list in `more_fds`, ABSENT32 ends */
	uint32_t mappings;
};

struct more_fd {
	uint32_t fd;
	uint32_t next;
};

/* A heap's own allocation that is no dma-buf (rk_dma_heap "non dmabuf", v3 pages). */
struct contiguous {
	uint32_t heap, owner; /* strings */
	uint64_t address_start, address_end;
	uint64_t size_bytes;
};

struct heap {
	uint32_t name; /* string */
	uint64_t total_bytes, used_bytes, pool_bytes;
};

/* A CMA area and, where the kernel shows it, which pieces are taken. */
struct area {
	uint32_t name;	 /* string */
	uint32_t source; /* enum source_id */
	uint64_t base;	 /* physical address of the first byte */
	uint64_t total_bytes, used_bytes;
	uint64_t maxchunk_bytes; /* largest free piece, by the kernel's own word */
	uint64_t bit_bytes;	 /* what one bit stands for */
	uint32_t words, n_words; /* range of `bitmap`; low bits first; n 0: no bitmap */
};

/* An importing session: MPP lists what each one has mapped. */
struct session {
	uint32_t kind; /* string: "mpp" */
	uint32_t pid;  /* of the thread that opened the device */
	uint32_t index;
	uint32_t device; /* string */
	uint64_t memory_bytes;
	uint32_t segments, n_segments;
};

struct rga {
	uint64_t handle, refs;
	uint64_t tgid; /* as printed; ABSENT64 when it cannot be one */
	uint32_t kind; /* string: dma-buf, user, physical, invalid */
	uint64_t iova, size_bytes;
};

struct ion {
	uint32_t heap, client; /* strings */
	uint32_t pid;
	uint32_t map_count, refs;
	uint64_t size_bytes;
	bool orphaned;
};

struct drm {
	uint32_t process;	       /* index, ABSENT32 */
	uint32_t driver, region, pdev; /* strings */
	uint64_t client_id;
	uint64_t total_bytes, shared_bytes, resident_bytes;
};

/* A range of IOVA space in a DRM driver's own dump (mm_dump). */
struct range {
	uint32_t space; /* string: which dump */
	uint64_t start, size;
	bool used;
};

struct captured {
	uint64_t time_ns;			 /* wall clock, since 1970 */
	uint64_t boottime_ns;			 /* since boot, suspend included */
	uint32_t boot_id, host, kernel, machine; /* strings */
	bool is_live;
};

/*
 * Buffers by a key, built when it is asked: a lookup first takes in the buffers added
 * since the last one, many at once, which hides what each would wait for memory. The
 * key's hash beside the index spares most looks at the buffer.
 */
struct index_slot {
	uint32_t tag;
	uint32_t index; /* of the buffer + 1, 0 is free */
};

struct index_table {
	struct index_slot *slots;
	size_t n_slots, n;
	size_t done;	/* buffers taken in so far */
	bool has_twins; /* two buffers have the same key */
};

struct snapshot {
	struct captured captured;
	struct strings strings;
	struct coverage coverage[N_SOURCES];
	uint64_t reported_bytes;    /* the kernel's own counter */
	enum source_id reported_by; /* whose word that is; N_SOURCES: nobody's */
	uint64_t peak_bytes;
	uint64_t unreadable_processes; /* seen, not allowed to read */
	uint64_t seen_processes;
	uint64_t page_bytes; /* ABSENT64: not known */
	VEC(struct buffer) buffers;
	VEC(struct attachment) attachments;
	VEC(struct segment) segments;
	VEC(struct process) processes;
	VEC(struct holder) holders;
	VEC(struct more_fd) more_fds;
	VEC(struct contiguous) contiguous;
	VEC(struct heap) heaps;
	VEC(struct area) areas;
	VEC(uint32_t) bitmap;
	VEC(struct session) sessions;
	VEC(struct rga) rga;
	VEC(struct ion) ion;
	VEC(struct drm) drm;
	VEC(struct range) ranges;
	struct index_table by_ino, by_pointer;
	uint32_t made_by;      /* set of sources that added a buffer */
	uint32_t last_process; /* answer of the last snapshot_process() */
	bool is_ascending;     /* processes are in order of pid so far */
};

struct snapshot *snapshot_new(void);
void snapshot_free(struct snapshot *snap);
DEFINE_CLEANUP(struct snapshot *, snapshot_free)

/* A record with everything absent. The pointer is valid until the next one is added. */
struct buffer *snapshot_add_buffer(struct snapshot *snap, enum source_id source);

/*
 * The buffer with this inode or pointer, NULL when there is none; of several, the first.
 * A buffer's key is set before the next lookup, and not changed behind it.
 */
struct buffer *snapshot_by_ino(const struct snapshot *snap, uint64_t ino);
struct buffer *snapshot_by_pointer(const struct snapshot *snap, uint64_t pointer);

/* Does a pointer stand in more than one buffer? */
bool snapshot_has_pointer_twins(const struct snapshot *snap);

/* Buffers were merged or their keys changed: build the indexes anew when asked. */
void snapshot_reindex(struct snapshot *snap);

/* The buffer with this inode, made when new; notes that `source` saw it. */
struct buffer *snapshot_need_ino(struct snapshot *snap, uint64_t ino,
				 enum source_id source);

static inline uint32_t snapshot_index(const struct snapshot *snap,
				      const struct buffer *buf)
{
	return (uint32_t)(buf - snap->buffers.v);
}

/*
 * Add one attachment of the buffer being read. All attachments of a buffer are added one
 * after the other by one source; the same device again only counts.
 */
void snapshot_attach(struct snapshot *snap, struct buffer *buf, uint32_t device);
/* Start over: forget this buffer's attachments, known to have none so far. */
void snapshot_attach_none(struct snapshot *snap, struct buffer *buf);

void snapshot_add_segment(struct snapshot *snap, uint32_t *first, uint32_t *n,
			  struct segment segment);

/*
 * Set the name and read the allocator (`TGID-COMM`) out of it. `width` 16: a cut
 * column.
 */
void snapshot_set_name(struct snapshot *snap, struct buffer *buf, struct span name,
		       unsigned width);

/* The process record, made when new (everything else absent). Index. */
uint32_t snapshot_process(struct snapshot *snap, uint32_t pid);

/* The holder record of this buffer and process, made when new. */
struct holder *snapshot_hold(struct snapshot *snap, struct buffer *buf, uint32_t process);
void snapshot_hold_fd(struct snapshot *snap, struct buffer *buf, uint32_t process,
		      uint32_t fd);

/* The heap or area of this name (and source), made when new. */
struct heap *snapshot_heap(struct snapshot *snap, uint32_t name);
struct area *snapshot_area(struct snapshot *snap, uint32_t name, enum source_id source);

/* Coverage. Detail text replaces an earlier one; NULL leaves it. */
void snapshot_cover(struct snapshot *snap, enum source_id source,
		    enum coverage_status status, const char *detail);
void snapshot_count(struct snapshot *snap, enum source_id source, uint64_t records,
		    uint64_t skipped);

/*
 * The kernel's own total. Counters differ in what they count: rk_dmabuf/size and bufinfo
 * count dma-bufs, rk_dma_heap all its heap gave out. The first is preferred to the
 * others.
 */
void snapshot_report(struct snapshot *snap, enum source_id source, uint64_t bytes);

/*
 * When all sources are read: a counter that reads 0 while buffers are listed is switched
 * off in that kernel (formats.md 1.1), and becomes "not known".
 */
void snapshot_settle_counters(struct snapshot *snap);

static inline bool snapshot_covers(const struct snapshot *snap, enum source_id source)
{
	enum coverage_status s = snap->coverage[source].status;

	return s == COVERAGE_OK || s == COVERAGE_PARTIAL;
}

/* Buffers that are not merged away, in order. */
#define snapshot_each_buffer(snap, it) \
	vec_each(&(snap)->buffers, it) \
		if (!it->is_merged)

/* Sums over all buffers; a buffer of unknown size adds nothing and is counted apart. */
struct totals {
	uint64_t buffers, size_bytes, unsized;
	uint64_t contiguous_bytes;
	uint64_t reported_bytes, peak_bytes; /* ABSENT64 */
	/* What the counter has and the lists do not; valid when reported is known. */
	int64_t unaccounted_bytes;
};

struct totals snapshot_totals(const struct snapshot *snap);

static inline const char *snapshot_str(const struct snapshot *snap, uint32_t id)
{
	return strings_get(&snap->strings, id);
}

#endif
