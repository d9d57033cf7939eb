// A disk that is soon full.

import Foundation

/// A tmpfs of a few bytes, mounted for one test.
public struct SmallFileSystem {
  public let path: String

  /// Nil where it cannot be mounted.
  public init?(at path: String, bytes: Int) {
    self.path = path
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard mount("tmpfs", on: path, 0, bytes) else { return nil }
  }

  public init?(at path: String, megabytes: Int) {
    self.init(at: path, bytes: megabytes << 20)
  }

  /// Whether one can be mounted; continuous integration has no excuse.
  public static var isPermittedOrRequired: Bool {
    if ProcessInfo.processInfo.environment["CI"] != nil { return true }
    let place = FileManager.default.temporaryDirectory.path + "/varve-mount-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: place) }
    let trial = SmallFileSystem(at: place, megabytes: 1)
    trial?.unmount()
    return trial != nil
  }

  /// Writes a file that takes what room there is; its path.
  public func fill() -> String {
    let ballast = "\(path)/ballast"
    let file = unsafe open(ballast, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    let page = [UInt8](repeating: 7, count: 4096)
    while unsafe write(file, page, page.count) > 0 {}
    close(file)
    return ballast
  }

  public func enlarge(megabytes: Int) -> Bool { mount("tmpfs", on: path, UInt(MS_REMOUNT), megabytes << 20) }

  public func unmount() { _ = unsafe umount2(path, Int32(MNT_DETACH)) }

  private func mount(_ type: String, on path: String, _ flags: UInt, _ bytes: Int) -> Bool {
    unsafe "size=\(bytes)".withCString { data in unsafe Glibc.mount("none", path, type, flags, data) == 0 }
  }
}
