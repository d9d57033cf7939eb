// What the rival programs of `Tools/bench log` share: a clock, arguments, and one JSON line per figure.
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Ends the program when `ok` is false: a benchmark that failed has no figure.
#define must(ok, what)                                                         \
  do {                                                                         \
    if (!(ok)) {                                                               \
      fprintf(stderr, "%s:%d: %s failed\n", __FILE__, __LINE__, what);         \
      exit(3);                                                                 \
    }                                                                          \
  } while (0)

static inline double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// Fills a record with bytes that do not compress and differ from record to record.
static inline void fill_record(uint8_t *record, size_t size, uint64_t seed) {
  uint64_t x = seed * 0x9E3779B97F4A7C15u + 0x1234567;
  for (size_t i = 0; i < size; i += 8) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    memcpy(record + i, &x, size - i < 8 ? size - i : 8);
  }
}

// Records made before the clock starts, as many as our side prepares; a benchmark goes round them.
enum { pool_records = 64 };

static inline uint8_t *make_pool(size_t record) {
  uint8_t *pool = malloc(record * pool_records);
  must(pool, "malloc");
  for (uint64_t i = 0; i < pool_records; i++) fill_record(pool + i * record, record, i);
  return pool;
}

static inline uint64_t argument(char **argv, int index) {
  return strtoull(argv[index], NULL, 10);
}

static inline void report(const char *figure, const char *engine, const char *sync, uint64_t record, uint64_t batch,
                          uint64_t records, double seconds, uint64_t bytes_on_disk) {
  printf("{\"figure\":\"%s\",\"engine\":\"%s\",\"sync\":\"%s\",\"recordBytes\":%llu,\"batch\":%llu,"
         "\"records\":%llu,\"seconds\":%.6f,\"recordsPerSecond\":%.1f,\"bytesOnDisk\":%llu}\n",
         figure, engine, sync, (unsigned long long)record, (unsigned long long)batch, (unsigned long long)records,
         seconds, (double)records / seconds, (unsigned long long)bytes_on_disk);
}
