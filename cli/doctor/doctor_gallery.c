#include <string.h>

#include "cli/doctor/doctor.h"
#include "cli/option/option.h"

#define GALLERY_TABLE "TSAGalleryCache"
#define GALLERY_LOGICAL "DynamoDBCache"

static void
add_difference(struct buf *text, int *n, const char *what, const char *instead)
{
	buf_addf(text, "%s%s, not %s", (*n)++ > 0 ? "; " : "", what, instead);
}

int
doctor_gallery(struct buf *text, const struct ddb_table *t)
{
	struct buf is = { 0 };
	int n = 0;

	if (strcmp(t->partition, "key") != 0 || t->partition_type != ATTR_S) {
		buf_addf(&is, "partition key %s (%s)", t->partition,
		    attr_type_name(t->partition_type));
		add_difference(text, &n, buf_text(&is), "key (S)");
	}
	if (t->sort != NULL) {
		buf_reset(&is);
		buf_addf(&is, "sort key %s", t->sort);
		add_difference(text, &n, buf_text(&is), "without one");
	}
	if (t->provisioned)
		add_difference(text, &n, "provisioned", "PAY_PER_REQUEST");
	if (t->ttl_status != NULL && !t->ttl_acts)
		add_difference(text, &n, "TTL off", "on");
	if (t->ttl_attribute != NULL && strcmp(t->ttl_attribute, "ttl") != 0) {
		buf_reset(&is);
		buf_addf(&is, "TTL on %s", t->ttl_attribute);
		add_difference(text, &n, buf_text(&is), "on ttl");
	}
	buf_release(&is);
	return n;
}

int
doctor_check_gallery(struct doctor *d, struct fault *f)
{
	bool made = d->o->stack != NULL &&
	    strcmp(d->o->logical_id, GALLERY_LOGICAL) == 0;
	struct buf text = { 0 };
	int n, rc;

	if (!made && strcmp(d->table.name, GALLERY_TABLE) != 0)
		return 0;
	n = doctor_gallery(&text, &d->table);
	buf_addf(&d->text, "%sas the lab's template makes it%s%s",
	    n > 0 ? "not " : "", n > 0 ? ": " : "", buf_text(&text));
	if (n > 0 && strstr(buf_text(&text), "key") != NULL)
		buf_adds(&d->fix, "is this the table that you mean?");
	rc = doctor_add(d, "gallery", n > 0 ? DOCTOR_WARNING : DOCTOR_OK, f);
	buf_release(&text);
	return rc;
}
