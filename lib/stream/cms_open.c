#include <stdbool.h>
#include <stdlib.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "lib/base/fault.h"
#include "lib/base/mem.h"
#include "lib/stream/cms_key.h"
#include "lib/stream/cms_layout.h"
#include "lib/stream/cms_open.h"

/*
 * OpenSSL would take the whole message into memory, and hand out its text
 * before the tag is looked at. So the message is walked through by us, and
 * OpenSSL is given what stands before the encrypted text, made into a short
 * message of its own, to find the key in it; its cipher context then
 * decrypts the text as it comes.
 */
struct cms_open {
	struct cms_layout layout;
	const struct cms_key *key;
	bool done;
	CMS_ContentInfo *content;
	BIO *chain; /* owns the cipher context */
	EVP_CIPHER_CTX *cipher;
};

/* Whether the key of ${info} was found with ${pkey}. */
static bool
unwrap(CMS_ContentInfo *content, CMS_RecipientInfo *info, EVP_PKEY *pkey)
{
	STACK_OF(CMS_RecipientEncryptedKey) * keys;
	int r = 0;

	if (CMS_RecipientInfo_type(info) == CMS_RECIPINFO_TRANS &&
	    EVP_PKEY_is_a(pkey, "RSA") && EVP_PKEY_up_ref(pkey)) {
		(void)CMS_RecipientInfo_set0_pkey(info, pkey);
		r = CMS_RecipientInfo_decrypt(content, info);
		(void)CMS_RecipientInfo_set0_pkey(info, NULL);
	}
	if (CMS_RecipientInfo_type(info) != CMS_RECIPINFO_AGREE ||
	    !EVP_PKEY_is_a(pkey, "EC"))
		return r > 0;
	keys = CMS_RecipientInfo_kari_get0_reks(info);
	for (int i = 0; r <= 0 && i < sk_CMS_RecipientEncryptedKey_num(keys);
	     i++) {
		if (CMS_RecipientInfo_kari_set0_pkey(info, pkey) <= 0)
			break;
		r = CMS_RecipientInfo_kari_decrypt(content, info,
		    sk_CMS_RecipientEncryptedKey_value(keys, i));
		(void)CMS_RecipientInfo_kari_set0_pkey(info, NULL);
	}
	return r > 0;
}

static int
find_key(struct cms_open *o, struct fault *f)
{
	STACK_OF(CMS_RecipientInfo) * infos;
	int n;

	/* without a key: from now on one of a wrong length is a wrong one */
	(void)CMS_decrypt(o->content, NULL, NULL, NULL, NULL, 0);
	infos = CMS_get0_RecipientInfos(o->content);
	n = sk_CMS_RecipientInfo_num(infos);
	for (int i = 0; i < n; i++)
		if (unwrap(o->content, sk_CMS_RecipientInfo_value(infos, i),
			cms_key_get(o->key)))
			return 0;
	return fault(f, FAULT_DATA,
	    "it is not encrypted to the key in %s, but to %d other%s (or it "
	    "is damaged)",
	    cms_key_path(o->key), n, n == 1 ? "" : "s");
}

static int
find_cipher(struct cms_open *o, struct fault *f)
{
	const unsigned char *p = (const unsigned char *)o->layout.head.p;
	BIO *bio = BIO_new_mem_buf(p, (int)o->layout.head.n);

	o->content = bio != NULL ? d2i_CMS_bio(bio, NULL) : NULL;
	(void)BIO_free(bio);
	if (o->content == NULL)
		return fault(f, FAULT_DATA,
		    "damaged: its recipients cannot be understood");
	if (find_key(o, f) != 0)
		return -1;
	o->chain = CMS_dataInit(o->content, NULL);
	if (o->chain == NULL || BIO_get_cipher_ctx(o->chain, &o->cipher) <= 0 ||
	    o->cipher == NULL)
		return fault(f, FAULT_DATA,
		    "damaged: its cipher cannot be understood");
	if (EVP_CIPHER_CTX_get_mode(o->cipher) != EVP_CIPH_GCM_MODE)
		return fault(f, FAULT_DATA,
		    "its cipher is not AES-GCM: changes on the way could not "
		    "be detected");
	return 0;
}

struct cms_open *
cms_open(int fd, off_t from, const struct cms_key *key, struct fault *f)
{
	struct cms_open *o = xcalloc(1, sizeof(*o));
	int rc = -1;

	o->key = key;
	if (cms_layout_begin(&o->layout, fd, from, f) == 0)
		rc = find_cipher(o, f);
	ERR_clear_error();
	if (rc == 0)
		return o;
	cms_open_close(o);
	return NULL;
}

/* The end of the text: does the tag hold? */
static int
finish(struct cms_open *o, struct fault *f)
{
	unsigned char tag[CMS_TAG], none[16];
	int n = 0, ok;

	if (cms_layout_tag(&o->layout, tag, f) != 0)
		return -1;
	ok = EVP_CIPHER_CTX_ctrl(o->cipher, EVP_CTRL_AEAD_SET_TAG, CMS_TAG,
		 tag) > 0 &&
	    EVP_DecryptFinal_ex(o->cipher, none, &n) > 0;
	ERR_clear_error();
	if (!ok || n != 0)
		return fault(f, FAULT_DATA,
		    "its authentication tag is wrong: it was changed or "
		    "damaged (or is encrypted to another key)");
	o->done = true;
	return 0;
}

int
cms_open_read(struct cms_open *o, unsigned char *to, size_t room,
    struct fault *f)
{
	const unsigned char *p;
	size_t n;
	int r, got = 0;

	if (o->done)
		return 0;
	r = cms_layout_text(&o->layout, &p, &n, room, f);
	if (r <= 0)
		return r < 0 ? -1 : finish(o, f);
	if (EVP_DecryptUpdate(o->cipher, to, &got, p, (int)n) <= 0 ||
	    (size_t)got != n) {
		ERR_clear_error();
		return fault(f, FAULT_DATA, "it cannot be decrypted");
	}
	return got;
}

void
cms_open_close(struct cms_open *o)
{
	if (o == NULL)
		return;
	cms_layout_release(&o->layout);
	BIO_free_all(o->chain);
	CMS_ContentInfo_free(o->content);
	free(o);
}
