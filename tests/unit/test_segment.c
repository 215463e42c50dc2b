/* SPDX-License-Identifier: MIT */
/* Tests of src/sources/segment.c. */
#include "../lib/tap.h"
#include "sources/segment.h"

static bool parse(const char *text, struct segment_line *seg)
{
	return segment_parse((struct span){ text, strlen(text) }, seg);
}

static void test_good(void)
{
	struct segment_line s;

	ok(parse("   0: 0x00000000fde00000..0x00000000fde07fff (        32 KiB)", &s),
	   "64 bits");
	is_u64(s.index, 0, "index");
	is_u64(s.start, 0xfde00000, "start");
	is_u64(s.size_bytes, 32768, "size");
	ok(s.is_exact && s.has_address, "exact, with an address");
	ok(parse("1234: 0x02803000..0x02813fff (        68 KiB)", &s), "32 bits");
	is_u64(s.index, 1234, "a long index");
	ok(parse("1: 0x02803000..0x02813fff (68 KiB)", &s), "blanks folded");
	ok(parse("   1:\n0x02803000..0x02813fff (\n 68 KiB)  ", &s), "wrapped");
	ok(parse("   0: 0x0000000000001000..0x00000000000011ff (       512 Bytes)", &s),
	   "Bytes");
	is_u64(s.size_bytes, 512, "... exactly");
	ok(parse("   0: 0x00001000..0x000015ff (         1 KiB)", &s) &&
		   s.size_bytes == 1536 && s.is_exact,
	   "a range that the floored size agrees with is exact");
}

static void test_odd(void)
{
	struct segment_line s;

	ok(parse("   1: 0xffffffffffffffff..0x0000000000000ffe (         4 KiB)", &s),
	   "no address");
	ok(!s.has_address && s.size_bytes == 4096 && !s.is_exact,
	   "... its printed size counts");
	is_u64(segment_of(&s).address, ABSENT64, "... and the address is absent");
	ok(parse("   1: 0xffffffff..0x00000ffe (         4 KiB)", &s) && !s.has_address,
	   "no address on 32 bits");
	ok(parse("   1: 0x00000000ffffffff..0x0000000100000ffe (         4 KiB)", &s) &&
		   s.has_address,
	   "32 ones are an address on 64 bits");
	ok(parse("   0: 0x00001000..0x00001fff (         9 KiB)", &s) && !s.is_exact &&
		   s.size_bytes == 9216,
	   "a range that disagrees leaves the printed size");
	ok(parse("   0: 0x0000000000000000..0xffffffffffffffff (         0 Bytes)", &s) &&
		   s.size_bytes == 0,
	   "MPP's empty slot");
}

static void test_bad(void)
{
	static const char *const bad[] = {
		"",
		"   0:",
		"0: 0x1..0x2 (1 KiB)",
		"0: 0x02803000..0x0000000002813fff (68 KiB)",
		"0: 0x02803000..0x02813fff (68 KiB",
		"0: 0x02803000..0x02813fff (68 MiB)",
		"0: 0x02803000..0x02813fff (68 KiB) x",
		"x: 0x02803000..0x02813fff (68 KiB)",
		"0: 02803000..02813fff (68 KiB)",
		"0: 0x02803000-0x02813fff (68 KiB)",
		"0: 0x02803000..0x02813fff (18446744073709551614 KiB)",
		"0: 0x02803000..0x02813fff (99999999999999999999 Bytes)",
	};
	struct segment_line s;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ok(!parse(bad[i], &s), "refused: '%s'", bad[i]);
}

static void test_part(void)
{
	static const char whole[] =
		"   0: 0x00000000fde00000..0x00000000fde07fff (  32 KiB)";
	struct span part = { whole, 0 };

	for (part.len = 6; part.len < sizeof(whole) - 1; part.len++)
		if (!segment_is_part(part))
			break;
	is_u64(part.len, sizeof(whole) - 1, "every beginning may go on");
	ok(segment_is_part((struct span){ "", 0 }), "nothing may go on");
	ok(!segment_is_part((struct span){ " fb000000.gpu", 13 }), "a device may not");
	ok(!segment_is_part((struct span){ "rk3588:/ #", 10 }), "a prompt may not");
}

int main(void)
{
	test_good();
	test_odd();
	test_bad();
	test_part();
	return done_testing();
}
