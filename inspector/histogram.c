#include "inspector/histogram.h"
#include "lib/base/sum.h"

/* The upper end of every 4th bucket; next_end gives those between. Beyond the
 * last one they do not fit into an int64. */
#define STRIDE 4

static const int64_t ends[] = {
	/* clang-format off */
	1, 5, 9, 13, 17, 21, 25, 32, 40, 48, 58, 70, 84, 100, 119, 141, 167,
	197, 232, 274, 322, 378, 445, 523, 613, 719, 843, 988, 1158, 1358, 1591,
	1863, 2181, 2554, 2990, 3500, 4096, 4794, 5610, 6565, 7683, 8990, 10518,
	12307, 14399, 16845, 19707, 23056, 26975, 31559, 36922, 43195, 50533,
	59119, 69163, 80914, 94660, 110741, 129553, 151562, 177308, 207428,
	242665, 283885, 332108, 388522, 454518, 531723, 622042, 727703, 851312,
	995917, 1165084, 1362986, 1594504, 1865347, 2182194, 2552860, 2986486,
	3493768, 4087216, 4781467, 5593643, 6543773, 7655290, 8955609, 10476798,
	12256373, 14338225, 16773697, 19622855, 22955967, 26855236, 31416829,
	36753249, 42996105, 50299363, 58843142, 68838155, 80530907, 94209773,
	110212111, 128932583, 150832888, 176453148, 206425226, 241488321,
	282507181, 330493446, 386630589, 452303106, 529130663, 619008038,
	724151854, 847155248, 991051820, 1159390456, 1356322851, 1586705899,
	1856221480, 2171516590, 2540367273, 2971870401, 3476668031, 4067209859,
	4758060272, 5566257540, 6511734032, 7617807800, 8911757665, 10425495990,
	12196355728, 14268011152, 16691554982, 19526758478, 22843545556,
	26723717312, 31262969455, 36573252430, 42785532425, 50053021352,
	58554955485, 68501015907, 80136499830, 93748370296, 109672333479,
	128301118118, 150094161290, 175588939393, 205414223791, 240305588050,
	281123549197, 328874790447, 384736988774, 450087859667, 526539135386,
	615976314709, 720605164521, 843006120097, 986197925730, 1153712085272,
	1349679958733, 1578934652987, 1847130219479, 2160881098695,
	2527925250452, 2957314993284, 3459640259512, 4047289772113,
	4734756584708, 5538995520139, 6479841323038, 7580497839199,
	8868110286250, 10374434729395, 12136621273345, 14198130286103,
	16609804251194, 19431121683185, 22731664031478, 26592831750271,
	31109851857696, 36394126496060, 42575980415141, 49807875139046,
	58268169086826, 68165516381753, 79744012836016, 93289216024965,
	109135187922497, 127672733788343, 149359040500896, 174728952043362,
	204408160227759, 239128635976297, 279746681737996, 327264050262792,
	382852650580200, 447883450499937, 523960288449690, 612959428542941,
	717075834413670, 838877303057976, 981367793772090, 1148061514052595,
	1343069589620990, 1571201456093805, 1838083472895805, 2150297684761688,
	2515544153066644, 2942830860522966, 3442695872814960, 4027467236289255,
	4711567021492531, 5511867011106744, 6448104804524842, 7543370601350515,
	8824676669242249, 10323623540745335, 12077179369358441,
	14128591665899376, 16528453901097048, 19335953279763777,
	22620330460091733, 26462587218767055, 30957484177621234,
	36215877861254764, 42367454723903381, 49563929574170809,
	57982787279580877, 67831660031676805, 79353448127066984,
	92832310556965282, 108600673149644204, 127047427105873435,
	148627520125782066, 173873176670718428, 203407024082632257,
	237957448287193495, 278376557794530650, 325661199039266405,
	380977541355949582, 445689837923011627, 521394071999247776,
	609957318261576327, 713563790002949388, 834768707840992769,
	976561318487924512, 1142438617797984749, 1336491596305540811,
	1563506134306101295, 1829081034830502262, 2139766105530121222,
	2503223694952275651, 2928417667134748464, 3425834475152816166,
	4007741785900629302, 4688491034505538501, 5484871370199559585,
	6416523722926883690, 7506425202709083140, 8781455778388956102,
	/* clang-format on */
};

/* Indexed by the number of bits of a value: the last of these ends that is
 * below all such values. The search begins there. */
static const unsigned short first[64] = {
	/* clang-format off */
	0, 0, 0, 0, 1, 3, 6, 10, 14, 18, 22, 27, 31, 35, 40, 44, 49, 53, 58, 62,
	66, 71, 75, 80, 84, 89, 93, 97, 102, 106, 111, 115, 119, 124, 128, 133,
	137, 142, 146, 150, 155, 159, 164, 168, 172, 177, 181, 186, 190, 195,
	199, 203, 208, 212, 217, 221, 225, 230, 234, 239, 243, 248, 252, 256,
	/* clang-format on */
};

#define NENDS (sizeof(ends) / sizeof(ends[0]))

/* ceil(u · 1.04), at most INT64_MAX. */
static int64_t
next_end(int64_t u)
{
	int64_t step = u / 25 + (u % 25 > 0);

	return u > INT64_MAX - step ? INT64_MAX : u + step;
}

int64_t
histogram_up_to(size_t i)
{
	size_t at = i / STRIDE;
	int64_t u;

	if (at >= NENDS)
		return INT64_MAX;
	u = ends[at];
	for (at *= STRIDE; at < i; at++)
		u = next_end(u);
	return u;
}

int64_t
histogram_from(size_t i)
{
	return i > 0 ? histogram_up_to(i - 1) + 1 : 0;
}

size_t
histogram_bucket(int64_t value)
{
	size_t low = 0;
	int64_t u;

	/* find the last of ends[] below value, if there is one */
	if (value > 0)
		low = first[64 - __builtin_clzll((unsigned long long)value)];
	while (low + 1 < NENDS && ends[low + 1] < value)
		low++;
	u = ends[low];
	for (low *= STRIDE; u < value; low++)
		u = next_end(u);
	return low;
}

void
histogram_add(struct histogram *h, int64_t value, int64_t times)
{
	if (times <= 0)
		return;
	if (value < 0)
		value = 0;
	h->count[histogram_bucket(value)] += times;
	h->total += times;
	h->sum = sum_add(h->sum, sum_mul(value, times));
	if (value > h->max)
		h->max = value;
}

void
histogram_merge(struct histogram *to, const struct histogram *from)
{
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		to->count[i] += from->count[i];
	to->total += from->total;
	to->sum = sum_add(to->sum, from->sum);
	if (from->max > to->max)
		to->max = from->max;
}

/* ceil(q · n), at least 1, despite rounding errors: 0.07 · 100 is a little
 * above 7 as a double. */
static int64_t
rank_of(double q, int64_t n)
{
	double x = q * (double)n;
	int64_t rank;

	if (!(x > 1))
		return 1;
	if (x >= (double)n)
		return n;
	rank = (int64_t)x;
	return x - (double)rank > x * 1e-12 ? rank + 1 : rank;
}

/* The bucket of the ${rank}th smallest value. */
static size_t
bucket_of_rank(const struct histogram *h, int64_t rank)
{
	int64_t seen = 0;
	size_t i;

	for (i = 0; i < HISTOGRAM_BUCKETS - 1; i++) {
		seen += h->count[i];
		if (seen >= rank)
			break;
	}
	return i;
}

int64_t
histogram_at_most(const struct histogram *h, double q)
{
	int64_t end;

	if (h->total <= 0)
		return 0;
	end = histogram_up_to(bucket_of_rank(h, rank_of(q, h->total)));
	return end < h->max ? end : h->max;
}

int64_t
histogram_quantile(const struct histogram *h, double q)
{
	int64_t rank = rank_of(q, h->total), low, high, mid;
	size_t i;

	if (h->total <= 0)
		return 0;
	if (rank == h->total)
		return h->max;
	i = bucket_of_rank(h, rank);
	/* if all are in one bucket, their mean is nearer */
	if (h->count[i] == h->total && h->sum < INT64_MAX) {
		mid = h->sum / h->total;
		return mid < h->max ? mid
				    : h->max; /* sums of a sample differ */
	}
	high = histogram_up_to(i);
	high = high < h->max ? high : h->max;
	low = i > 0 ? histogram_up_to(i - 1) + 1 : high;
	mid = low + (high - low) / 2;
	return mid < h->max ? mid : h->max;
}
