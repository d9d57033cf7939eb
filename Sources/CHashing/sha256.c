// SHA-256 (FIPS 180-4) by the processor's own instructions, for messages so short that the way to a library's
// compression function costs more than the compression.

#include "CHashing.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("sha,sse4.1,ssse3")))

// FIPS 180-4, section 4.2.2.
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// One block into the state, which the instructions hold as (a b e f) and (c d g h).
TARGET static inline void compress(__m128i *abef, __m128i *cdgh, const uint8_t *block) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i state0 = *abef, state1 = *cdgh, words[4];
  for (int i = 0; i < 4; i++)
    words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * i)), big_endian);
#pragma clang loop unroll(full)
  for (int step = 0; step < 16; step++) {
    // Four rounds a step; `oldest` holds their words of the message schedule.
    __m128i oldest = words[step & 3], newest = words[(step + 3) & 3];
    __m128i sums = _mm_add_epi32(oldest, _mm_loadu_si128((const __m128i *)(constants + 4 * step)));
    state1 = _mm_sha256rnds2_epu32(state1, state0, sums);
    state0 = _mm_sha256rnds2_epu32(state0, state1, _mm_shuffle_epi32(sums, 0x0e));
    __m128i middle = _mm_alignr_epi8(newest, words[(step + 2) & 3], 4);
    __m128i partial = _mm_add_epi32(_mm_sha256msg1_epu32(oldest, words[(step + 1) & 3]), middle);
    words[step & 3] = _mm_sha256msg2_epu32(partial, newest);
  }
  *abef = _mm_add_epi32(*abef, state0);
  *cdgh = _mm_add_epi32(*cdgh, state1);
}

TARGET void varve_sha256_blocks(const void *start, size_t count, void *digest) {
  const uint8_t *blocks = start;
  // FIPS 180-4, section 5.3.3.
  __m128i abef = _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c);
  __m128i cdgh = _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
  for (; count > 0; count--, blocks += 64) compress(&abef, &cdgh, blocks);
  __m128i high = _mm_unpackhi_epi64(cdgh, abef), low = _mm_unpacklo_epi64(cdgh, abef);
  _mm_storeu_si128((__m128i *)digest, _mm_shuffle_epi32(high, 0x1b));
  _mm_storeu_si128((__m128i *)digest + 1, _mm_shuffle_epi32(low, 0x1b));
}

#else

void varve_sha256_blocks(const void *blocks, size_t count, void *digest) {
  (void)blocks, (void)count, (void)digest;
  __builtin_trap();  // the feature bit is never set here
}

#endif
