/*
 * The least work that reading a table takes: parallel Scan requests by libcurl,
 * whose replies are thrown away. Nothing is signed, parsed or checked, except
 * the key at the end of a page, which the next request needs.
 *
 *   floor URL TABLE JOBS SEGMENTS [projected]
 *
 * Reads AWS_CA_BUNDLE. Prints the number of bytes received.
 */
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAIL 512 /* search for a key in so many bytes */

static struct {
	const char *url, *table, *projection;
	int jobs, segments;
	atomic_int next;
	atomic_llong bytes;
	atomic_int failed;
} all;

struct worker {
	CURL *curl;
	char tail[2 * TAIL + 1];
	size_t ntail;
	long long bytes;
};

/* Keep the last TAIL bytes received, or a few more. */
static size_t
discard(char *p, size_t one, size_t n, void *arg)
{
	struct worker *w = arg;
	size_t more = n;

	(void)one;
	w->bytes += (long long)n;
	if (more > TAIL) {
		p += more - TAIL;
		more = TAIL;
		w->ntail = 0;
	}
	if (w->ntail + more > sizeof(w->tail) - 1) {
		memmove(w->tail, w->tail + w->ntail - TAIL, TAIL);
		w->ntail = TAIL;
	}
	memcpy(w->tail + w->ntail, p, more);
	w->ntail += more;
	return n;
}

/* Read a page of ${segment}; whether another one follows, from ${start}. */
static int
page(struct worker *w, int segment, char *start, size_t room)
{
	static const char name[] = "\"LastEvaluatedKey\":";
	char body[1024], *key, *end;
	long status = 0;

	snprintf(body, sizeof(body),
	    "{\"TableName\":\"%s\",\"ReturnConsumedCapacity\":\"TOTAL\"%s,"
	    "\"Segment\":%d,\"TotalSegments\":%d%s%s}",
	    all.table, all.projection, segment, all.segments,
	    start[0] != '\0' ? ",\"ExclusiveStartKey\":" : "", start);
	w->ntail = 0;
	curl_easy_setopt(w->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
	curl_easy_setopt(w->curl, CURLOPT_COPYPOSTFIELDS, body);
	if (curl_easy_perform(w->curl) != CURLE_OK)
		return -1;
	curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200)
		return -1;
	w->tail[w->ntail] = '\0';
	key = strstr(w->tail, name);
	if (key == NULL)
		return 0;
	key += sizeof(name) - 1;
	end = strstr(key, "}}");
	if (end == NULL || (size_t)(end + 2 - key) >= room)
		return -1;
	snprintf(start, room, "%.*s", (int)(end + 2 - key), key);
	return 1;
}

static void *
work(void *arg)
{
	struct worker w = { .curl = curl_easy_init() };
	const char *ca = getenv("AWS_CA_BUNDLE");
	struct curl_slist *list =
	    curl_slist_append(NULL, "X-Amz-Target: DynamoDB_20120810.Scan");
	int segment, r = 0;

	(void)arg;
	list =
	    curl_slist_append(list, "Content-Type: application/x-amz-json-1.0");
	curl_easy_setopt(w.curl, CURLOPT_URL, all.url);
	curl_easy_setopt(w.curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(w.curl, CURLOPT_WRITEFUNCTION, discard);
	curl_easy_setopt(w.curl, CURLOPT_WRITEDATA, &w);
	curl_easy_setopt(w.curl, CURLOPT_BUFFERSIZE, 512L * 1024);
	curl_easy_setopt(w.curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(w.curl, CURLOPT_PROXY, "");
	if (ca != NULL)
		curl_easy_setopt(w.curl, CURLOPT_CAINFO, ca);
	while ((segment = atomic_fetch_add(&all.next, 1)) < all.segments) {
		char start[512] = "";

		do
			r = page(&w, segment, start, sizeof(start));
		while (r > 0);
		if (r < 0) {
			atomic_store(&all.failed, 1);
			break;
		}
	}
	atomic_fetch_add(&all.bytes, w.bytes);
	curl_slist_free_all(list);
	curl_easy_cleanup(w.curl);
	return NULL;
}

int
main(int argc, char **argv)
{
	pthread_t threads[1024];

	if (argc < 5) {
		fputs("usage: floor URL TABLE JOBS SEGMENTS [projected]\n",
		    stderr);
		return 2;
	}
	all.url = argv[1];
	all.table = argv[2];
	all.jobs = atoi(argv[3]);
	all.segments = atoi(argv[4]);
	all.projection = argc > 5
	    ? ",\"ProjectionExpression\":\"#k,#t\",\"ExpressionAttributeNames"
	      "\":{\"#k\":\"key\",\"#t\":\"ttl\"}"
	    : "";
	if (all.jobs < 1 || all.jobs > 1024 || all.segments < 1)
		return 2;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	for (int i = 0; i < all.jobs; i++)
		if (pthread_create(&threads[i], NULL, work, NULL) != 0)
			return 1;
	for (int i = 0; i < all.jobs; i++)
		pthread_join(threads[i], NULL);
	printf("%lld\n", (long long)all.bytes);
	return all.failed;
}
