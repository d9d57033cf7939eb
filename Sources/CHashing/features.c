#include "CHashing.h"

#if defined(__x86_64__)

#include <cpuid.h>

// The compiler has no name for it in every version: bit 29 of EBX in leaf 7.
static int has_sha256(void) {
  unsigned eax, ebx, ecx, edx;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && ebx >> 29 & 1 && __builtin_cpu_supports("sse4.1");
}

uint32_t varve_processor_features(void) {
  uint32_t features = 0;
  // The constant products of the three-stream checksum need PCLMULQDQ, which came a little after the instruction itself.
  if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul")) features |= VARVE_FEATURE_CRC32C;
  if (features & VARVE_FEATURE_CRC32C && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("vpclmulqdq"))
    features |= VARVE_FEATURE_CRC32C_FOLDING;
  if (__builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2")) features |= VARVE_FEATURE_BMI;
  if (__builtin_cpu_supports("avx2")) features |= VARVE_FEATURE_AVX2;
  if (__builtin_cpu_supports("avx512f")) features |= VARVE_FEATURE_AVX512;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) features |= VARVE_FEATURE_AVX512BW;
  if (has_sha256()) features |= VARVE_FEATURE_SHA256;
  return features;
}

#elif defined(__aarch64__) && defined(__linux__)

#include <sys/auxv.h>

uint32_t varve_processor_features(void) {
  const unsigned long hardware_crc32 = 1ul << 7;  // HWCAP_CRC32 of the kernel's interface
  return getauxval(AT_HWCAP) & hardware_crc32 ? VARVE_FEATURE_CRC32C : 0;
}

#else

uint32_t varve_processor_features(void) {
  return 0;
}

#endif
