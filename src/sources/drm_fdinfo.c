/* SPDX-License-Identifier: MIT */
/*
 * fdinfo of DRM descriptors: `drm-KEY: VALUE`, for most drivers since Linux 6.5; the
 * memory keys are drm-total-REGION, -shared-, -resident-, with drm-memory-REGION of older
 * amdgpu standing for resident. Keys are compared whole: "vram" is not "vram0", and
 * drm-total-cycles-ENGINE is no memory. Descriptors are scanned by holders.c; here are
 * the text itself and its blocks in saved logs.
 */
#include "sources/drm_fdinfo.h"

#include "sources/source.h"

/* Regions a driver can have; amdgpu and xe have fewer than ten. */
#define REGIONS 32
/* A block of a saved log; the kernel renders far less. */
#define BLOCK_MOST ((size_t)65536)

enum field { TOTAL, SHARED, RESIDENT, MEMORY, N_FIELDS };

static const char *const prefixes[N_FIELDS] = {
	[TOTAL] = "drm-total-",
	[SHARED] = "drm-shared-",
	[RESIDENT] = "drm-resident-",
	[MEMORY] = "drm-memory-",
};

struct region {
	struct span name;
	uint64_t bytes[N_FIELDS];
	bool seen[N_FIELDS]; /* the first of a key counts, readable or not */
};

struct client {
	struct span driver, pdev, id_text; /* at NULL: not there */
	struct region regions[REGIONS];
	size_t n_regions;
	uint64_t skipped;
};

static struct region *region_of(struct client *client, struct span name)
{
	struct region *region;

	for (size_t i = 0; i < client->n_regions; i++) {
		region = &client->regions[i];
		if (region->name.len == name.len &&
		    !memcmp(region->name.at, name.at, name.len))
			return region;
	}
	if (client->n_regions == REGIONS)
		return NULL;
	region = &client->regions[client->n_regions++];
	*region = (struct region){
		.name = name,
		.bytes = { ABSENT64, ABSENT64, ABSENT64, ABSENT64 },
	};
	return region;
}

/* A number and its unit: none, KiB or MiB. ABSENT64 when it is anything else. */
static uint64_t parse_bytes(struct span value)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} units[] = { { "", 1 }, { "KiB", 1024 }, { "MiB", 1024 * 1024 } };
	struct scan s = scan_text(value.at, value.len);
	struct span unit;
	uint64_t n;

	if (!scan_dec(&s, &n))
		return ABSENT64;
	if (!scan_done(&s) && !scan_blanks(&s))
		return ABSENT64;
	unit = scan_rest(&s);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (span_is(unit, units[i].name))
			return product_or_absent(n, units[i].bytes);
	return ABSENT64;
}

static void take_memory(struct client *client, enum field field, struct span name,
			struct span value)
{
	struct region *region;

	/* drm-total-cycles-ENGINE counts time. */
	if (!name.len || (field == TOTAL && span_starts(name, "cycles-")))
		return;
	region = region_of(client, name);
	if (!region) {
		client->skipped++;
		return;
	}
	if (region->seen[field])
		return;
	region->seen[field] = true;
	region->bytes[field] = parse_bytes(value);
	client->skipped += region->bytes[field] == ABSENT64;
}

static void set_once(struct span *field, struct span value)
{
	if (!field->at)
		*field = value;
}

/* `KEY:` and the value, blanks around it gone. False: the line is no such thing. */
static bool split(struct span line, struct span *key, struct span *value)
{
	const char *colon = line.len ? memchr(line.at, ':', line.len) : NULL;

	if (!colon)
		return false;
	*key = (struct span){ line.at, (size_t)(colon - line.at) };
	*value = span_trim(
		(struct span){ colon + 1, (size_t)(line.at + line.len - colon) - 1 });
	return true;
}

static void take_line(struct client *client, struct span line)
{
	struct span key, value;

	if (!split(line, &key, &value))
		return;
	if (span_is(key, "drm-driver"))
		set_once(&client->driver, value);
	else if (span_is(key, "drm-pdev"))
		set_once(&client->pdev, value);
	else if (span_is(key, "drm-client-id"))
		set_once(&client->id_text, value);
	for (int i = 0; i < N_FIELDS; i++) {
		size_t len = strlen(prefixes[i]);

		if (span_starts(key, prefixes[i]))
			take_memory(client, i,
				    (struct span){ key.at + len, key.len - len }, value);
	}
}

static void parse_text(struct client *client, struct span text)
{
	const char *at = text.at, *end = text.at + text.len;

	*client = (struct client){ .n_regions = 0 };
	while (at < end) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));

		/* One read gave no more than this: the last number may be cut. */
		if (!nl && text.len >= ROOT_RECORD)
			break;
		take_line(client, (struct span){ at, (size_t)((nl ? nl : end) - at) });
		at = nl ? nl + 1 : end;
	}
}

/*
 * Is this client new? The pool of strings remembers those that were seen, under a name no
 * kernel text can have. A driver that gives no client id has one client a process.
 */
static bool is_new(struct snapshot *snap, const struct client *client, uint32_t process,
		   struct span text)
{
	_text_ struct text name = { 0 };

	for (int i = 0; i < 64; i++)
		text_addc(&name, '\n');
	text_add(&name, client->driver.at, client->driver.len);
	text_addc(&name, '\0');
	text_add(&name, client->pdev.at, client->pdev.len);
	text_addc(&name, '\0');
	if (client->id_text.at)
		text_add(&name, client->id_text.at, client->id_text.len);
	else if (process != ABSENT32)
		text_printf(&name, "process %u", process);
	else
		text_add(&name, text.at, text.len);
	if (strings_find(&snap->strings, name.v, name.n) != STR_ABSENT)
		return false;
	strings_add(&snap->strings, name.v, name.n);
	return true;
}

static uint32_t intern(struct snapshot *snap, struct span text)
{
	return text.at ? strings_add(&snap->strings, text.at, text.len) : STR_ABSENT;
}

/* Records made; values lost in *skipped. */
static uint64_t take_text(struct snapshot *snap, uint32_t process, struct span text,
			  uint64_t *skipped)
{
	uint64_t id = ABSENT64, records = 0;
	struct client client;

	parse_text(&client, text);
	if (!client.n_regions || !is_new(snap, &client, process, text))
		return 0;
	*skipped = client.skipped;
	if (client.id_text.at &&
	    !scan_only_dec(client.id_text.at, client.id_text.len, &id))
		++*skipped;
	for (size_t i = 0; i < client.n_regions; i++) {
		const struct region *region = &client.regions[i];
		uint64_t resident = region->bytes[RESIDENT];

		if (!region->seen[RESIDENT])
			resident = region->bytes[MEMORY];
		if (region->bytes[TOTAL] == ABSENT64 && resident == ABSENT64 &&
		    region->bytes[SHARED] == ABSENT64)
			continue;
		*vec_add(&snap->drm) = (struct drm){
			.process = process,
			.driver = intern(snap, client.driver),
			.region = intern(snap, region->name),
			.pdev = intern(snap, client.pdev),
			.client_id = id,
			.total_bytes = region->bytes[TOTAL],
			.shared_bytes = region->bytes[SHARED],
			.resident_bytes = resident,
		};
		records++;
	}
	return records;
}

void drm_fdinfo_take(struct snapshot *snap, uint32_t process, struct span text)
{
	uint64_t skipped = 0;

	take_text(snap, process, text, &skipped);
	snap->coverage[SRC_DRM_FDINFO].skipped += skipped;
}

struct state {
	struct text block;
	bool has_driver;
};

static bool opens(struct span line)
{
	static const char *const keys[] = {
		"drm-driver:",	  "drm-client-id:", "drm-client-name:", "drm-pdev:",
		"drm-total-",	  "drm-shared-",    "drm-active-",	"drm-resident-",
		"drm-purgeable-", "drm-memory-",    "drm-engine-",	"drm-cycles-",
		"drm-maxfreq-",
	};
	struct span key, value;

	if (!span_starts(line, "drm-") || !split(line, &key, &value))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (span_starts(line, keys[i]))
			return !memchr(key.at, ' ', key.len);
	return false;
}

/* A driver's own key between the common ones: amd-evicted-vram: */
static bool is_vendor_key(struct span line)
{
	struct span key, value;
	bool has_dash = false;

	if (!split(line, &key, &value) || !key.len)
		return false;
	for (size_t i = 0; i < key.len; i++) {
		char c = key.at[i];

		has_dash |= c == '-';
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' &&
		    c != '_')
			return false;
	}
	return has_dash;
}

static enum line_result take_saved(struct parse *p, const struct line *line)
{
	struct span text = { line->text, line->len };
	struct state *st = p->state;
	bool is_driver = span_starts(text, "drm-driver:");

	if ((!opens(text) && !is_vendor_key(text)) || (is_driver && st->has_driver) ||
	    st->block.n + line->len > BLOCK_MOST)
		return LINE_FOREIGN;
	st->has_driver |= is_driver;
	text_add(&st->block, line->text, line->len);
	text_addc(&st->block, '\n');
	return LINE_TAKEN;
}

static void end(struct parse *p)
{
	struct state *st = p->state;
	uint64_t skipped = 0;

	if (st->block.n)
		p->records += take_text(p->snap, ABSENT32,
					(struct span){ st->block.v, st->block.n },
					&skipped);
	p->skipped += skipped;
	text_fini(&st->block);
}

static const struct node_format format = {
	.source = SRC_DRM_FDINFO,
	.repeats = true,
	.state_size = sizeof(struct state),
	.opens = opens,
	.line = take_saved,
	.end = end,
};

const struct source source_drm_fdinfo = {
	.id = SRC_DRM_FDINFO,
	.summary = "GPU memory of each DRM client, by region",
	.paths = { "proc/*/fdinfo" },
	.format = &format,
	.options = { "CONFIG_DRM" },
	.needs_root = true,
	.remedy = "run as root; the GPU's driver must report memory in fdinfo (6.5 on)",
};
