// Directories that are gone when the test is.

import Foundation

/// Runs `body` with the path of a new, empty directory, and removes the directory afterwards, whatever happened.
public func withTemporaryDirectory<R>(_ body: (String) throws -> R) throws -> R {
  let path = try makeTemporaryDirectory()
  defer { removeTemporaryDirectory(path) }
  return try body(path)
}

/// Runs `body` with the path of a new, empty directory, and removes the directory afterwards, whatever happened.
public func withTemporaryDirectory<R>(_ body: (String) async throws -> R) async throws -> R {
  let path = try makeTemporaryDirectory()
  defer { removeTemporaryDirectory(path) }
  return try await body(path)
}

private func makeTemporaryDirectory() throws -> String {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("varve-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  return url.path
}

private func removeTemporaryDirectory(_ path: String) {
  try? FileManager.default.removeItem(atPath: path)
}
