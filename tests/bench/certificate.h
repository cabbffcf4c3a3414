#ifndef BENCH_CERTIFICATE_H
#define BENCH_CERTIFICATE_H

struct ssl_ctx_st;

/* A server's TLS context with a new key and a self-signed certificate for
 * 127.0.0.1 and localhost, which is written to ${path}. Ends the program on
 * failure. */
struct ssl_ctx_st *certificate_make(const char *path);

#endif
