#ifndef LIB_BASE_CRYPTO_H
#define LIB_BASE_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/* Digests, base64 and random numbers, by OpenSSL. If it fails, the process
 * ends. */
#define CRYPTO_SHA256 32

void crypto_sha256(unsigned char out[CRYPTO_SHA256], const void *p, size_t n);
void crypto_hmac_sha256(unsigned char out[CRYPTO_SHA256], const void *key,
    size_t nkey, const void *p, size_t n);
/* Lower-case hex of ${p}[0..n) and a NUL: 2n + 1 bytes. */
void crypto_hex(char *out, const unsigned char *p, size_t n);
/* SHA-256 as 64 hex digits and a NUL. */
void crypto_sha256_hex(char out[65], const void *p, size_t n);

/* SHA-1 as 40 hex digits and a NUL. AWS's tools name files after it; it
 * protects nothing. */
void crypto_sha1_hex(char out[41], const void *p, size_t n);

/* Add standard base64 with padding to ${out}. */
void crypto_base64(struct buf *out, const void *p, size_t n);
/* Decode ${p}[0..n) and add it to ${out}. 0, or -1 (${out} is unchanged) when
 * alphabet, length or padding are not canonical. */
int crypto_base64_decode(struct buf *out, const char *p, size_t n);

/* MD5 in pieces, only to see whether a file is complete. NULL where the system
 * does not allow it (FIPS); crypto_md5_end frees. */
#define CRYPTO_MD5 16
struct hash_md5;
struct hash_md5 *crypto_md5_begin(void);
void crypto_md5_add(struct hash_md5 *h, const void *p, size_t n);
void crypto_md5_end(struct hash_md5 *h, unsigned char out[CRYPTO_MD5]);

/* Overwrite a secret before its memory is freed. */
void crypto_wipe(void *p, size_t n);
/* ${n} random bytes. */
void crypto_random(void *p, size_t n);

#endif
