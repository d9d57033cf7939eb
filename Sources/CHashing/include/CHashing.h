// Instructions that Swift cannot name: CRC-32C, SHA-256, and Keccak on vectors, each compiled for the processors that have it.
//
// Nothing here keeps state or allocates. Ask for the features once, then call only what the processor has.

#pragma once

#include <stddef.h>
#include <stdint.h>

/// varve_crc32c may be called.
#define VARVE_FEATURE_CRC32C 1u
/// varve_keccak_permute_avx2 may be called.
#define VARVE_FEATURE_AVX2 2u
/// varve_keccak_permute_avx512 may be called.
#define VARVE_FEATURE_AVX512 4u
/// varve_keccak_permute_bmi may be called.
#define VARVE_FEATURE_BMI 8u
/// varve_sha256 may be called.
#define VARVE_FEATURE_SHA256 16u
/// varve_sha256_avx512 may be called.
#define VARVE_FEATURE_AVX512BW 32u
/// varve_crc32c_folding may be called.
#define VARVE_FEATURE_CRC32C_FOLDING 64u

/// What this processor and operating system offer: a union of the bits above.
uint32_t varve_processor_features(void);

/// The register of CRC-32C after `count` bytes, without the inversions before and after.
uint32_t varve_crc32c(uint32_t state, const void *bytes, size_t count);

/// The same, of long inputs by products of polynomials in wide vectors.
uint32_t varve_crc32c_folding(uint32_t state, const void *bytes, size_t count);

/// The 32 bytes of the SHA-256 of a message that has been padded to `blocks` blocks of 64 bytes.
void varve_sha256(const uint8_t *message, size_t blocks, uint8_t *hash);

/// The 32 bytes of each SHA-256 of sixteen messages: `prefix`, and then one of the entries of `length` bytes that stand one
/// after another. For a length from 55 to 118: two blocks with prefix and padding.
void varve_sha256_avx512(uint8_t prefix, const uint8_t *entries, size_t length, uint8_t *hashes);

/// The constants of the 64 rounds of SHA-256.
extern const uint32_t varve_sha256_constants[64];

/// Asks for `count` bytes, `distance` bytes behind `start`, to be brought near, line by line. Reads nothing: any
/// address will do.
static inline void varve_prefetch(const void *start, size_t count, size_t distance) {
  uintptr_t address = (uintptr_t)start + distance, end = address + count;
  for (address &= ~(uintptr_t)63; address < end; address += 64) __builtin_prefetch((const void *)address);
}

// keccak-f[1600] on several states side by side, word i of state j at `lanes[width * i + j]`, and the absorbing of
// `blocks` whole blocks of Keccak-256, 136 bytes each, from as many messages; and the hashes of as many messages, each
// of which has `blocks` blocks with its padding: four words a message, as the processor has them. Meanwhile the `ahead`
// messages that stand behind those in the list are brought near. Widths: 1 with the instructions that rotate and
// combine without a copy, 4 with AVX2, 8 with AVX-512, 2 with the vectors every processor of its kind has.

void varve_keccak_permute_bmi(uint64_t *lanes);
void varve_keccak_absorb_bmi(uint64_t *lanes, const uint8_t *const *messages, size_t blocks);

void varve_keccak_permute_avx2(uint64_t *lanes);
void varve_keccak_absorb_avx2(uint64_t *lanes, const uint8_t *const *messages, size_t blocks);
void varve_keccak_hash_avx2(
    const uint8_t *const *messages, const size_t *lengths, size_t blocks, size_t ahead, uint64_t *hashes);

void varve_keccak_permute_avx512(uint64_t *lanes);
void varve_keccak_absorb_avx512(uint64_t *lanes, const uint8_t *const *messages, size_t blocks);
void varve_keccak_hash_avx512(
    const uint8_t *const *messages, const size_t *lengths, size_t blocks, size_t ahead, uint64_t *hashes);

void varve_keccak_permute_portable(uint64_t *lanes);
void varve_keccak_absorb_portable(uint64_t *lanes, const uint8_t *const *messages, size_t blocks);
void varve_keccak_hash_portable(
    const uint8_t *const *messages, const size_t *lengths, size_t blocks, size_t ahead, uint64_t *hashes);
