// The rival's Keccak-256 of four messages: keccak-f[1600] (FIPS 202, section 3) written out lane by lane, with AVX2
// intrinsics. Gives the first words of the four hashes, added: enough to make the work count.
#pragma once
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>

static const uint64_t keccak_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

// One round from the lanes `a` to the lanes `b`. ANDN is: not left, and right.
#define KECCAK_ROW(b, y, p, q, r, s, t)                                                                                \
  b[y] = XOR(p, ANDN(q, r)), b[y + 1] = XOR(q, ANDN(r, s)), b[y + 2] = XOR(r, ANDN(s, t)),                             \
  b[y + 3] = XOR(s, ANDN(t, p)), b[y + 4] = XOR(t, ANDN(p, q))
#define KECCAK_COLUMN(a, x) XOR(XOR(XOR(a[x], a[x + 5]), XOR(a[x + 10], a[x + 15])), a[x + 20])
#define KECCAK_ROUND(a, b, constant)                                                                                   \
  do {                                                                                                                 \
    __m256i c0 = KECCAK_COLUMN(a, 0), c1 = KECCAK_COLUMN(a, 1), c2 = KECCAK_COLUMN(a, 2), c3 = KECCAK_COLUMN(a, 3),    \
         c4 = KECCAK_COLUMN(a, 4);                                                                                     \
    __m256i d0 = XOR(c4, ROL(c1, 1)), d1 = XOR(c0, ROL(c2, 1)), d2 = XOR(c1, ROL(c3, 1)), d3 = XOR(c2, ROL(c4, 1)),    \
         d4 = XOR(c3, ROL(c0, 1));                                                                                     \
    __m256i p, q, r, s, t;                                                                                             \
    p = XOR(a[0], d0), q = ROL(XOR(a[6], d1), 44), r = ROL(XOR(a[12], d2), 43), s = ROL(XOR(a[18], d3), 21),           \
    t = ROL(XOR(a[24], d4), 14);                                                                                       \
    KECCAK_ROW(b, 0, p, q, r, s, t);                                                                                   \
    b[0] = XOR(b[0], _mm256_set1_epi64x((long long)(constant)));                                                       \
    p = ROL(XOR(a[3], d3), 28), q = ROL(XOR(a[9], d4), 20), r = ROL(XOR(a[10], d0), 3), s = ROL(XOR(a[16], d1), 45),   \
    t = ROL(XOR(a[22], d2), 61);                                                                                       \
    KECCAK_ROW(b, 5, p, q, r, s, t);                                                                                   \
    p = ROL(XOR(a[1], d1), 1), q = ROL(XOR(a[7], d2), 6), r = ROL(XOR(a[13], d3), 25), s = ROL(XOR(a[19], d4), 8),     \
    t = ROL(XOR(a[20], d0), 18);                                                                                       \
    KECCAK_ROW(b, 10, p, q, r, s, t);                                                                                  \
    p = ROL(XOR(a[4], d4), 27), q = ROL(XOR(a[5], d0), 36), r = ROL(XOR(a[11], d1), 10), s = ROL(XOR(a[17], d2), 15),  \
    t = ROL(XOR(a[23], d3), 56);                                                                                       \
    KECCAK_ROW(b, 15, p, q, r, s, t);                                                                                  \
    p = ROL(XOR(a[2], d2), 62), q = ROL(XOR(a[8], d3), 55), r = ROL(XOR(a[14], d4), 39), s = ROL(XOR(a[15], d0), 41),  \
    t = ROL(XOR(a[21], d1), 2);                                                                                        \
    KECCAK_ROW(b, 20, p, q, r, s, t);                                                                                  \
  } while (0)

// Bytes of a block, and the last block of a message with Keccak's padding.
enum { keccak_block = 136 };

static inline void keccak_last(uint8_t block[keccak_block], const uint8_t *message, size_t size) {
  memset(block, 0, keccak_block);
  memcpy(block, message, size);
  block[size] ^= 0x01;
  block[keccak_block - 1] ^= 0x80;
}

#define XOR(x, y) _mm256_xor_si256(x, y)
#define ROL(x, n) _mm256_or_si256(_mm256_slli_epi64(x, n), _mm256_srli_epi64(x, 64 - (n)))
#define ANDN(x, y) _mm256_andnot_si256(x, y)

// A block of each of four messages.
__attribute__((target("avx2"), optimize("O3"))) static void keccak_absorb_avx2(__m256i a[25], const uint8_t *const block[4]) {
  __m256i b[25];
  for (int i = 0; i < keccak_block / 8; i++) {
    long long word[4];
    for (int lane = 0; lane < 4; lane++) memcpy(&word[lane], block[lane] + 8 * i, sizeof word[lane]);
    a[i] = XOR(a[i], _mm256_set_epi64x(word[3], word[2], word[1], word[0]));
  }
  for (int round = 0; round < 24; round += 2) {
    KECCAK_ROUND(a, b, keccak_constants[round]);
    KECCAK_ROUND(b, a, keccak_constants[round + 1]);
  }
}

// Four messages of one size that stand one after the other.
__attribute__((target("avx2"))) static uint64_t keccak256_avx2(const uint8_t *messages, size_t size) {
  __m256i state[25];
  uint8_t last[4][keccak_block];
  const uint8_t *block[4];
  memset(state, 0, sizeof state);
  size_t offset = 0;
  for (; offset + keccak_block <= size; offset += keccak_block) {
    for (size_t lane = 0; lane < 4; lane++) block[lane] = messages + lane * size + offset;
    keccak_absorb_avx2(state, block);
  }
  for (size_t lane = 0; lane < 4; lane++) {
    keccak_last(last[lane], messages + lane * size + offset, size - offset);
    block[lane] = last[lane];
  }
  keccak_absorb_avx2(state, block);
  uint64_t words[4];
  memcpy(words, state, sizeof words);
  return words[0] + words[1] + words[2] + words[3];
}

#endif
