#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "lib/base/buf.h"
#include "lib/base/fault.h"
#include "lib/base/text.h"
#include "lib/stream/input.h"
#include "lib/stream/sniff.h"

/* Offset of "ustar" in a tar archive (POSIX, pax: the field magic). */
#define TAR_MAGIC 257
/* Offset of the first file's name in a zip archive (APPNOTE.TXT, 4.3.7); office
 * files are such archives, and these names come first. */
#define ZIP_NAME 30
#define BINARY_WITHIN 512 /* bytes */

/* How sure the first bytes are: letters may also begin a key or a name. TEXT is
 * believed unless lines may be any text, BINARY if a byte that text does not
 * contain follows soon. */
enum proof { SURE, TEXT, BINARY };

/* ${command} FILE writes the content; without one ${advice} says what helps. */
static const struct {
	const char *bytes;
	size_t n, at;
	enum proof proof;
	const char *what, *command, *advice;
} kinds[] = {
#define BYTES(s) (s), sizeof(s) - 1
#define EXPORT_AGAIN                                                     \
	"export the table again with --export-format DYNAMODB_JSON, or " \
	"have ttlsweep export it"
#define PRINT_JSON "have the AWS CLI print JSON: --output json"
#define SAVE_CSV "save it as CSV, in UTF-8 and with commas"
#define NOT_TEXT "convert it to DynamoDB JSON lines, {\"Item\":{...}}"
	/* clang-format off */
	{ BYTES("$ion_1_0"), 0, TEXT, "Amazon Ion", NULL, EXPORT_AGAIN },
	{ BYTES("$ion_1_0 {"), 0, SURE, "Amazon Ion", NULL, EXPORT_AGAIN },
	{ BYTES("\xe0\x01\x00\xea"), 0, SURE, "binary Amazon Ion", NULL,
	    EXPORT_AGAIN },
	{ BYTES("PAR1"), 0, BINARY, "Parquet", NULL, NOT_TEXT },
	{ BYTES("Obj\x01"), 0, SURE, "Avro", NULL, NOT_TEXT },
	{ BYTES("ORC"), 0, BINARY, "ORC", NULL, NOT_TEXT },
	{ BYTES("\x28\xb5\x2f\xfd"), 0, SURE, "compressed with zstd",
	    "zstd -dc", NULL },
	{ BYTES("\xfd""7zXZ\x00"), 0, SURE, "compressed with xz", "xz -dc",
	    NULL },
	{ BYTES("1AY&SY"), 4, SURE, "compressed with bzip2", "bzip2 -dc",
	    NULL },
	{ BYTES("\x04\x22\x4d\x18"), 0, SURE, "compressed with lz4",
	    "lz4 -dc", NULL },
	{ BYTES("LZIP\x01"), 0, SURE, "compressed with lzip", "lzip -dc",
	    NULL },
	{ BYTES("\x1f\x9d"), 0, SURE, "compressed with compress", "zcat",
	    NULL },
	{ BYTES("\x1f\x8b"), 0, SURE, "compressed with gzip twice", "zcat",
	    NULL },
	{ BYTES("[Content_Types].xml"), ZIP_NAME, BINARY, "a spreadsheet", NULL,
	    SAVE_CSV },
	{ BYTES("_rels/"), ZIP_NAME, BINARY, "a spreadsheet", NULL, SAVE_CSV },
	{ BYTES("mimetypeapplication/vnd.oasis."), ZIP_NAME, BINARY,
	    "a spreadsheet", NULL, SAVE_CSV },
	{ BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), 0, SURE,
	    "a spreadsheet", NULL, SAVE_CSV },
	{ BYTES("PK\x03\x04"), 0, SURE, "a zip archive", "unzip -p", NULL },
	{ BYTES("7z\xbc\xaf\x27\x1c"), 0, SURE, "a 7z archive",
	    "7z x -so", NULL },
	{ BYTES("ustar"), TAR_MAGIC, BINARY, "a tar archive", "tar -xOf",
	    NULL },
	{ BYTES("-----BEGIN PGP MESSAGE"), 0, SURE, "encrypted with PGP",
	    "gpg -d", NULL },
	{ BYTES("\xff\xfe"), 0, SURE, "text in UTF-16",
	    "iconv -f UTF-16 -t UTF-8", NULL },
	{ BYTES("\xfe\xff"), 0, SURE, "text in UTF-16",
	    "iconv -f UTF-16 -t UTF-8", NULL },
	{ BYTES("{\0"), 0, SURE, "text in UTF-16",
	    "iconv -f UTF-16LE -t UTF-8", NULL },
	{ BYTES("\0{"), 0, SURE, "text in UTF-16",
	    "iconv -f UTF-16BE -t UTF-8", NULL },
	{ BYTES("SQLite format 3\0"), 0, SURE, "an SQLite database", NULL,
	    NOT_TEXT },
	{ BYTES("{\"schema\":\"ttlsweep.checkpoint/"), 0, SURE,
	    "a checkpoint of ttlsweep", NULL,
	    "name it with --checkpoint to continue its run" },
	{ BYTES("Items:\n"), 0, TEXT, "YAML", NULL, PRINT_JSON },
	{ BYTES("Count: "), 0, TEXT, "YAML", NULL, PRINT_JSON },
	{ BYTES("ConsumedCapacity: "), 0, TEXT, "YAML", NULL, PRINT_JSON },
	{ BYTES("None\t"), 0, TEXT, "text of the AWS CLI", NULL, PRINT_JSON },
	{ BYTES("----------"), 0, TEXT, "a table of the AWS CLI", NULL,
	    PRINT_JSON },
/* clang-format on */
#undef BYTES
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

/* ${name}, or "FILE" where a shell would need quotes. */
static const char *
plain_name(const char *name)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789._-/+@%=:,";

	if (*name == '\0' || *name == '-' || name[strspn(name, safe)] != '\0')
		return "FILE";
	return name;
}

/* Whether the first bytes include one that text does not. */
static bool
is_binary(struct input *in)
{
	const struct buf *front;

	if (input_peek(in, BINARY_WITHIN, &front, NULL) != 0)
		return false;
	for (size_t i = 0; i < front->n && i < BINARY_WITHIN; i++)
		if ((unsigned char)front->p[i] < '\t')
			return true;
	return false;
}

/* Whether the first bytes are not text at all; keys of text may contain any
 * character, also of control. */
static bool
is_noise(struct input *in)
{
	const struct buf *front;
	size_t n;

	if (!is_binary(in) || input_peek(in, BINARY_WITHIN, &front, NULL) != 0)
		return false;
	n = front->n < BINARY_WITHIN ? front->n : BINARY_WITHIN;
	/* the last character may be cut off */
	for (size_t cut = 0; cut < 4 && cut <= n; cut++)
		if (text_is_utf8(front->p, n - cut))
			return false;
	return true;
}

/* Whether it begins like a page on the web, or, ${xml}, like any XML: after
 * white space, and in capital letters or not. */
static bool
is_markup(struct input *in, bool xml)
{
	static const char *const begins[] = { "<!doctype", "<html", "<?xml" };
	static const char blank[] = " \t\r\n";
	const struct buf *front;
	size_t at = 0;

	if (input_peek(in, BINARY_WITHIN, &front, NULL) != 0)
		return false;
	while (at < front->n && at < BINARY_WITHIN &&
	    memchr(blank, front->p[at], sizeof(blank) - 1) != NULL)
		at++;
	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins) - !xml; i++) {
		size_t n = strlen(begins[i]);

		if (front->n - at >= n &&
		    strncasecmp(front->p + at, begins[i], n) == 0)
			return true;
	}
	return false;
}

int
sniff_refuse(struct input *in, const char *how, bool any_text, struct fault *f)
{
	const struct buf *front;
	const char *name = input_name(in);
	bool piped = strcmp(name, "standard input") == 0;

	for (size_t i = 0; i < KINDS; i++) {
		size_t end = kinds[i].at + kinds[i].n;

		if (input_peek(in, end, &front, NULL) != 0)
			return 0;
		if (front->n < end ||
		    memcmp(front->p + kinds[i].at, kinds[i].bytes,
			kinds[i].n) != 0)
			continue;
		if ((kinds[i].proof == TEXT && any_text) ||
		    (kinds[i].proof == BINARY && !is_binary(in)))
			continue;
		if (kinds[i].command == NULL)
			return fault(f, FAULT_DATA, "%s: is %s; %s", name,
			    kinds[i].what, kinds[i].advice);
		return fault(f, FAULT_DATA,
		    "%s: is %s; run: %s%s%s | ttlsweep ... %s", name,
		    kinds[i].what, kinds[i].command, piped ? "" : " ",
		    piped ? "" : plain_name(name), how);
	}
	if (is_markup(in, !any_text))
		return fault(f, FAULT_DATA,
		    "%s: is HTML or XML; it may be an error page; look at it, "
		    "and fetch the file again",
		    name);
	if (is_noise(in))
		return fault(f, FAULT_DATA,
		    "%s: is binary data, not an export, a journal or a list of "
		    "keys",
		    name);
	return 0;
}
