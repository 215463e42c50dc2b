/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/drm_fdinfo.c. */
#include "../lib/tap.h"
#include "../lib/feed.h"
#include "sources/drm_fdinfo.h"

extern const struct source source_drm_fdinfo;

#define GENERIC "pos:\t0\nflags:\t02100002\nmnt_id:\t26\nino:\t623\n"
#define IDENTITY "drm-driver:\tpanthor\ndrm-client-id:\t17\ndrm-pdev:\t0000:03:00.0\n"

static void take(struct fed *f, uint32_t process, const char *text)
{
	drm_fdinfo_take(f->snap, process, (struct span){ text, strlen(text) });
}

static const struct drm *record(const struct fed *f, size_t i)
{
	static const struct drm none;

	return i < f->snap->drm.n ? &f->snap->drm.v[i] : &none;
}

static const char *region(const struct fed *f, size_t i)
{
	return snapshot_str(f->snap, record(f, i)->region);
}

static void test_regions(void)
{
	struct fed f;

	feed_begin(&f);
	take(&f, 3,
	     GENERIC IDENTITY
	     "drm-total-vram:\t64 MiB\ndrm-shared-vram:\t0\ndrm-active-vram:\t4 KiB\n"
	     "drm-resident-vram:\t12345\ndrm-purgeable-vram:\t0 MiB\n"
	     "drm-total-vram0:\t7 KiB\ndrm-total-gtt:\t0 MiB\n"
	     "drm-total-cycles-rcs:\t7655183225\ndrm-cycles-rcs:\t12\n"
	     "drm-engine-gfx:\t123 ns\namd-memory-visible-vram:\t9 KiB\n");
	is_u64(f.snap->drm.n, 3, "three regions");
	is_str(region(&f, 0), "vram", "region");
	is_str(region(&f, 1), "vram0", "another one, not the same");
	is_u64(record(&f, 0)->total_bytes, 64 << 20, "MiB");
	is_u64(record(&f, 0)->shared_bytes, 0, "a zero that is known");
	is_u64(record(&f, 0)->resident_bytes, 12345, "bytes");
	is_u64(record(&f, 1)->total_bytes, 7 << 10, "KiB");
	is_u64(record(&f, 1)->shared_bytes, ABSENT64, "not given is not zero");
	is_u64(record(&f, 1)->resident_bytes, ABSENT64, "... here neither");
	is_u64(record(&f, 2)->total_bytes, 0, "the older zero");
	is_str(snapshot_str(f.snap, record(&f, 0)->driver), "panthor", "driver");
	is_str(snapshot_str(f.snap, record(&f, 0)->pdev), "0000:03:00.0", "device");
	is_u64(record(&f, 0)->client_id, 17, "client");
	is_u64(record(&f, 0)->process, 3, "process");
	is_u64(f.snap->coverage[SRC_DRM_FDINFO].skipped, 0, "nothing lost");
	feed_finish(&f);

	feed_begin(&f);
	take(&f, 3,
	     "drm-driver:\tamdgpu\ndrm-client-id:\t5\ndrm-memory-vram:\t100 KiB\n"
	     "drm-memory-gtt:\t1 KiB\ndrm-resident-gtt:\t2 KiB\n");
	is_u64(record(&f, 0)->resident_bytes, 100 << 10, "drm-memory- is resident");
	is_u64(record(&f, 0)->total_bytes, ABSENT64, "... and not the total");
	is_u64(record(&f, 1)->resident_bytes, 2 << 10, "the newer key counts");
	is_u64(record(&f, 0)->pdev, STR_ABSENT, "no device");
	feed_finish(&f);

	feed_begin(&f);
	take(&f, 3, IDENTITY "drm-engine-gfx:\t123 ns\n");
	is_u64(f.snap->drm.n, 0, "no memory keys, no records");
	feed_finish(&f);
}

static void test_once(void)
{
	struct fed f;

	feed_begin(&f);
	take(&f, 0, IDENTITY "drm-total-vram:\t1 MiB\n");
	take(&f, 0, GENERIC IDENTITY "drm-total-vram:\t2 MiB\n");
	take(&f, 1, IDENTITY "drm-total-vram:\t1 MiB\n");
	is_u64(f.snap->drm.n, 1, "a client counts once in all processes");
	take(&f, 1,
	     "drm-driver:\tpanthor\ndrm-client-id:\t17\ndrm-pdev:\t0000:04:00.0\n"
	     "drm-total-vram:\t1 MiB\n");
	is_u64(f.snap->drm.n, 2, "the same number on another device is another client");
	take(&f, 1,
	     "drm-driver:\tpanthor\ndrm-client-id:\t18\ndrm-pdev:\t0000:03:00.0\n"
	     "drm-total-vram:\t1 MiB\n");
	is_u64(f.snap->drm.n, 3, "another number, too");
	take(&f, 1, "drm-driver:\told\ndrm-total-vram:\t1 MiB\n");
	take(&f, 1, "drm-driver:\told\ndrm-total-vram:\t1 MiB\n");
	is_u64(f.snap->drm.n, 4, "no number: once a process");
	take(&f, 2, "drm-driver:\told\ndrm-total-vram:\t1 MiB\n");
	is_u64(f.snap->drm.n, 5, "... but in each");
	is_u64(record(&f, 4)->client_id, ABSENT64, "... and not known");
	feed_finish(&f);

	feed_begin(&f);
	take(&f, 0,
	     IDENTITY "drm-total-vram:\t1 MiB\ndrm-total-vram:\t9 MiB\n"
		      "drm-driver:\tforged\ndrm-client-id:\t99\n");
	is_u64(record(&f, 0)->total_bytes, 1 << 20, "the first of a key wins");
	is_str(snapshot_str(f.snap, record(&f, 0)->driver), "panthor",
	       "... of every key");
	is_u64(record(&f, 0)->client_id, 17, "... the client, too");
	feed_finish(&f);
}

static void test_damage(void)
{
	char text[8192];
	struct fed f;
	size_t n;

	feed_begin(&f);
	take(&f, 0,
	     IDENTITY "drm-total-a:\t-1\ndrm-total-b:\t1 GiB\ndrm-total-c:\t1MiB\n"
		      "drm-total-d:\t18446744073709551615\ndrm-total-e:\t\n"
		      "drm-total-f:\t17592186044416 MiB\ndrm-total-:\t5\n"
		      "drm-total-g:\t1 MiB\ndrm-total\nnothing\n");
	is_u64(f.snap->drm.n, 1, "what is no size is not made one");
	is_str(region(&f, 0), "g", "... the rest is kept");
	is_u64(f.snap->coverage[SRC_DRM_FDINFO].skipped, 6, "... each is counted");
	feed_finish(&f);

	feed_begin(&f);
	n = (size_t)snprintf(text, sizeof(text),
			     IDENTITY "drm-total-vram:\t1 MiB\nx-pad:\t");
	memset(text + n, 'x', ROOT_RECORD - n);
	memcpy(text + ROOT_RECORD - 20, "\ndrm-total-gtt:\t1234", 20);
	drm_fdinfo_take(f.snap, 0, (struct span){ text, ROOT_RECORD });
	is_u64(f.snap->drm.n, 1, "a number that one read may have cut is not believed");
	feed_finish(&f);

	feed_begin(&f);
	n = (size_t)snprintf(text, sizeof(text), IDENTITY);
	for (int i = 0; i < 100; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "drm-total-r%d:\t1\n",
				      i);
	take(&f, 0, text);
	is_u64(f.snap->drm.n, 32, "no more regions than any driver has");
	is_u64(f.snap->coverage[SRC_DRM_FDINFO].skipped, 68,
	       "... the others are counted");
	feed_finish(&f);
}

static void test_saved(void)
{
	const struct node_format *format = source_drm_fdinfo.format;
	struct fed f;

	ok(feed_opens(format, "drm-driver:\tpanthor"), "a driver opens");
	ok(feed_opens(format, "drm-total-vram: 1 MiB"), "so does a size");
	ok(!feed_opens(format, "drm-kms-helper: loaded"), "not any word");
	ok(!feed_opens(format, "drm-total- is too large: 9"), "not a sentence");
	ok(!feed_opens(format, "pos:\t0"), "the generic part is another's");
	ok(format->repeats, "many blocks are one moment");

	feed_begin(&f);
	feed_text(&f, format, NULL,
		  "drm-driver: panthor\ndrm-client-id:      17\ndrm-total-vram: 1 MiB\n"
		  "amd-evicted-vram: 0\ndrm-shared-vram: 4 KiB\npos:\t0\n");
	is_u64(f.snap->drm.n, 1, "pasted with blanks");
	is_u64(record(&f, 0)->total_bytes, 1 << 20, "total");
	is_u64(record(&f, 0)->shared_bytes, 4 << 10, "behind a vendor's key");
	is_u64(record(&f, 0)->process, ABSENT32, "whose is not known");
	ok(f.is_foreign && f.lines == 5, "the next block's generic part is not ours");
	is_u64(f.snap->coverage[SRC_DRM_FDINFO].records, 1, "counted");
	feed_text(&f, format, NULL, IDENTITY "drm-total-x:\tlots\n" IDENTITY);
	ok(f.is_foreign && f.lines == 4, "a second driver is another block");
	is_u64(f.snap->coverage[SRC_DRM_FDINFO].skipped, 1, "a value that is none");
	feed_finish(&f);
}

int main(void)
{
	test_regions();
	test_once();
	test_damage();
	test_saved();
	return done_testing();
}
