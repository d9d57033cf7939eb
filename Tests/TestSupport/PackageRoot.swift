// Where this package lies, for tests that read its own files.

/// The folder that holds `Package.swift`, without a trailing slash.
public let packageRoot: String = {
  // This file is Tests/TestSupport/PackageRoot.swift.
  let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  return parts.dropLast(3).joined(separator: "/")
}()
