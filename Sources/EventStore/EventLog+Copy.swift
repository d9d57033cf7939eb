package import LMDB
package import SystemPackage

extension EventLog {
  /// Writes a copy of the log, as of its last commit, into a directory, while others read and append. Whole and on the
  /// disk when it returns; whether what was copied is sound, `verify` of the copy tells.
  package func copy(to directory: FilePath) throws(LMDB.OpenError) {
    try environment.copy(to: directory)
  }
}
