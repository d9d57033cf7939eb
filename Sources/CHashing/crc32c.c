// CRC-32C by the processor's own instruction, eight bytes a step, and by products of polynomials, 256 bytes a step.

#include "CHashing.h"

#include <string.h>

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET __attribute__((target("sse4.2,pclmul")))

static inline uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

// The register after as many zero bytes as `power` stands for: one product of polynomials, reduced by the instruction.
TARGET static inline uint32_t after_zeros(uint32_t state, uint32_t power) {
  __m128i product = _mm_clmulepi64_si128(_mm_cvtsi32_si128((int)state), _mm_cvtsi32_si128((int)power), 0);
  return (uint32_t)_mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

// The instruction takes three cycles but one can start in each: three neighbouring blocks of `length` bytes are
// checksummed side by side, then joined. `power1` and `power2` are x^(8n - 33) modulo the polynomial, bits reversed,
// for n = length and n = 2 length.
TARGET static inline uint32_t three_blocks(
    uint32_t state, const uint8_t *bytes, size_t length, uint32_t power1, uint32_t power2) {
  uint64_t first = state, second = 0, third = 0;
  for (size_t offset = 0; offset < length; offset += 8) {
    first = _mm_crc32_u64(first, word_at(bytes + offset));
    second = _mm_crc32_u64(second, word_at(bytes + length + offset));
    third = _mm_crc32_u64(third, word_at(bytes + 2 * length + offset));
  }
  return after_zeros((uint32_t)first, power2) ^ after_zeros((uint32_t)second, power1) ^ (uint32_t)third;
}

TARGET uint32_t varve_crc32c(uint32_t state, const void *start, size_t count) {
  const uint8_t *bytes = start;
  for (; count >= 3 * 4096; bytes += 3 * 4096, count -= 3 * 4096)
    state = three_blocks(state, bytes, 4096, 0x82f89c77, 0x54a86326);
  for (; count >= 3 * 256; bytes += 3 * 256, count -= 3 * 256)
    state = three_blocks(state, bytes, 256, 0xb9e02b86, 0xdd7e3b0c);
  for (; count >= 3 * 64; bytes += 3 * 64, count -= 3 * 64)
    state = three_blocks(state, bytes, 64, 0x9e4addf8, 0xd3b6092);
  for (; count >= 8; bytes += 8, count -= 8) state = (uint32_t)_mm_crc32_u64(state, word_at(bytes));
  for (; count > 0; bytes++, count--) state = _mm_crc32_u8(state, *bytes);
  return state;
}

#define TARGET_FOLDING __attribute__((target("sse4.2,pclmul,avx512f,vpclmulqdq")))

// x^(d + 32) and x^(d - 32) modulo the polynomial, bits reversed, in each 128-bit lane: what a lane's lower and upper half
// are multiplied by to stand d bits further on.
#define POWERS(low, high) _mm512_broadcast_i32x4(_mm_set_epi64x(high, low))

TARGET_FOLDING static inline __m512i moved_on(__m512i lanes, __m512i powers) {
  return _mm512_xor_si512(_mm512_clmulepi64_epi128(lanes, powers, 0x00), _mm512_clmulepi64_epi128(lanes, powers, 0x11));
}

// Sixteen lanes each stand for what came before in their place, moved on by 2,048 bits a step. What is left in the end is 64
// bytes with the checksum of all.
TARGET_FOLDING uint32_t varve_crc32c_folding(uint32_t state, const void *start, size_t count) {
  const uint8_t *bytes = start;
  if (count < 512) return varve_crc32c(state, bytes, count);
  __m512i lanes[4];
  for (int index = 0; index < 4; index++) lanes[index] = _mm512_loadu_si512(bytes + 64 * index);
  lanes[0] = _mm512_xor_si512(lanes[0], _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)state)));
  const __m512i by2048 = POWERS(0xdcb17aa4, 0xb9e02b86);
  for (bytes += 256, count -= 256; count >= 256; bytes += 256, count -= 256)
    for (int index = 0; index < 4; index++)
      lanes[index] = _mm512_xor_si512(moved_on(lanes[index], by2048), _mm512_loadu_si512(bytes + 64 * index));
  lanes[3] = _mm512_xor_si512(lanes[3], moved_on(lanes[0], POWERS(0xa87ab8a8, 0xab7aff2a)));
  lanes[3] = _mm512_xor_si512(lanes[3], moved_on(lanes[1], POWERS(0x6992cea2, 0xd3b6092)));
  lanes[3] = _mm512_xor_si512(lanes[3], moved_on(lanes[2], POWERS(0x740eef02, 0x9e4addf8)));
  uint8_t rest[64];
  _mm512_storeu_si512(rest, lanes[3]);
  return varve_crc32c(varve_crc32c(0, rest, sizeof rest), bytes, count);
}

#elif defined(__aarch64__)

#include <arm_acle.h>

__attribute__((target("crc"))) uint32_t varve_crc32c(uint32_t state, const void *start, size_t count) {
  const uint8_t *bytes = start;
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    state = __crc32cd(state, word);
  }
  for (; count > 0; bytes++, count--) state = __crc32cb(state, *bytes);
  return state;
}

uint32_t varve_crc32c_folding(uint32_t state, const void *start, size_t count) {
  return varve_crc32c(state, start, count);
}

#else

// No processor of this kind reports the feature: bit by bit, so that the symbol exists.
uint32_t varve_crc32c(uint32_t state, const void *start, size_t count) {
  const uint8_t *bytes = start;
  for (; count > 0; bytes++, count--) {
    state ^= *bytes;
    for (int bit = 0; bit < 8; bit++) state = state >> 1 ^ (state & 1 ? 0x82f63b78u : 0);
  }
  return state;
}

uint32_t varve_crc32c_folding(uint32_t state, const void *start, size_t count) {
  return varve_crc32c(state, start, count);
}

#endif
