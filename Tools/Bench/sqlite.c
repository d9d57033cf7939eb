// Rival: SQLite with a write-ahead log and full synchronisation, one prepared INSERT per record.
// sqlite append DIR RECORD BATCH RECORDS [WRITERS]
// Each writer is a thread with a connection of its own; who finds the file locked waits for it.
#include "common.h"
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>

static char path[4096];
static uint8_t *pool;
static uint64_t record, batch, batches_each;

static void run(sqlite3 *database, const char *sql) {
  must(sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static sqlite3 *open_database(void) {
  sqlite3 *database;
  must(sqlite3_open(path, &database) == SQLITE_OK, "sqlite3_open");
  must(sqlite3_busy_timeout(database, 600000) == SQLITE_OK, "sqlite3_busy_timeout");
  run(database, "PRAGMA journal_mode=WAL");
  run(database, "PRAGMA synchronous=FULL");
  return database;
}

static void *write_batches(void *unused) {
  sqlite3 *database = open_database();
  sqlite3_stmt *insert;
  must(sqlite3_prepare_v2(database, "INSERT INTO records (value) VALUES (?1)", -1, &insert, NULL) == SQLITE_OK, "prepare");
  for (uint64_t round = 0; round < batches_each; round++) {
    run(database, "BEGIN IMMEDIATE");
    for (uint64_t i = 0; i < batch; i++) {
      uint64_t position = round * batch + i;
      sqlite3_bind_blob(insert, 1, pool + position % pool_records * record, (int)record, SQLITE_STATIC);
      must(sqlite3_step(insert) == SQLITE_DONE, "INSERT");
      sqlite3_reset(insert);
    }
    run(database, "COMMIT");
  }
  sqlite3_finalize(insert);
  sqlite3_close(database);
  return unused;
}

static void append(const char *directory, uint64_t records, uint64_t writers) {
  snprintf(path, sizeof path, "%s/log.sqlite", directory);
  sqlite3 *database = open_database();
  run(database, "CREATE TABLE records (position INTEGER PRIMARY KEY, value BLOB NOT NULL)");
  pool = make_pool(record);
  batches_each = records / batch / writers;
  pthread_t threads[64];
  must(writers >= 1 && writers <= 64 && batches_each > 0, "1 to 64 writers with a batch each");
  double start = seconds_now();
  for (uint64_t i = 0; i < writers; i++)
    must(pthread_create(&threads[i], NULL, write_batches, NULL) == 0, "pthread_create");
  for (uint64_t i = 0; i < writers; i++) must(pthread_join(threads[i], NULL) == 0, "pthread_join");
  double seconds = seconds_now() - start;
  sqlite3_close(database);
  struct stat info;
  must(stat(path, &info) == 0, "stat");
  report("append", "sqlite-wal-full", "fsync per commit", record, batch, batches_each * batch * writers, seconds,
         (uint64_t)info.st_size);
}

int main(int argc, char **argv) {
  if ((argc == 6 || argc == 7) && !strcmp(argv[1], "append")) {
    record = argument(argv, 3), batch = argument(argv, 4);
    append(argv[2], argument(argv, 5), argc == 7 ? argument(argv, 6) : 1);
  } else {
    fprintf(stderr, "usage: sqlite append DIR RECORD BATCH RECORDS [WRITERS]\n");
    return 2;
  }
  return 0;
}
