// Rival: the disk itself. Each batch is one write() at the end of a file and one fdatasync().
// raw append DIR RECORD BATCH RECORDS      raw probe DIR
#include "common.h"
#include <fcntl.h>
#include <unistd.h>

static int open_file(const char *directory) {
  char path[4096];
  snprintf(path, sizeof path, "%s/raw.data", directory);
  int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  must(file >= 0, "open");
  return file;
}

// One 4 KiB write and fdatasync at a time: what a commit costs on this disk.
static void probe(const char *directory) {
  enum { writes = 1000 };
  uint8_t page[4096];
  int file = open_file(directory);
  double start = seconds_now();
  for (uint64_t i = 0; i < writes; i++) {
    fill_record(page, sizeof page, i);
    must(write(file, page, sizeof page) == (ssize_t)sizeof page, "write");
    must(fdatasync(file) == 0, "fdatasync");
  }
  report("probe", "raw", "fdatasync", sizeof page, 1, writes, seconds_now() - start, 0);
}

static void append(const char *directory, uint64_t record, uint64_t batch, uint64_t records) {
  uint8_t *pool = make_pool(record), *buffer = malloc(record * batch);
  must(buffer, "malloc");
  int file = open_file(directory);
  double start = seconds_now();
  for (uint64_t done = 0; done < records; done += batch) {
    for (uint64_t i = 0; i < batch; i++)
      memcpy(buffer + i * record, pool + (done + i) % pool_records * record, record);
    uint64_t size = record * batch, at = 0;
    while (at < size) {
      ssize_t n = write(file, buffer + at, size - at);
      must(n > 0, "write");
      at += (uint64_t)n;
    }
    must(fdatasync(file) == 0, "fdatasync");
  }
  report("append", "raw", "fdatasync", record, batch, records, seconds_now() - start, record * records);
}

int main(int argc, char **argv) {
  if (argc == 6 && !strcmp(argv[1], "append"))
    append(argv[2], argument(argv, 3), argument(argv, 4), argument(argv, 5));
  else if (argc == 3 && !strcmp(argv[1], "probe"))
    probe(argv[2]);
  else {
    fprintf(stderr, "usage: raw append DIR RECORD BATCH RECORDS | raw probe DIR\n");
    return 2;
  }
  return 0;
}
