internal import CLMDB
internal import Glibc
package import SystemPackage

/// A file system's type, as far as it matters to a memory map shared between processes.
package struct FileSystem: Hashable, Sendable {
  /// `f_type` of statfs(2).
  package let type: UInt32

  package init(type: UInt32) {
    self.type = type
  }

  /// What the type means for an environment.
  package enum Verdict: Hashable, Sendable {
    case local
    /// Works, with a caveat.
    case warning(String)
    /// Locks or maps are not coherent.
    case network(name: String)
  }

  /// The types that are not plain local ones; magic numbers of the kernel's `magic.h`.
  package static let verdicts: [UInt32: Verdict] = [
    0x0000_6969: .network(name: "NFS"),
    0x0000_517B: .network(name: "SMB"),
    0xFF53_4D42: .network(name: "CIFS"),
    0xFE53_4D42: .network(name: "SMB2"),
    0x0102_1997: .network(name: "9p"),
    0x6573_5546: .network(name: "FUSE"),
    0x00C3_6400: .network(name: "Ceph"),
    0x5346_414F: .network(name: "AFS"),
    0x794C_7630: .warning(
      "on an overlay file system: a file of a lower layer is copied when it is first written; use a volume"),
  ]

  package var verdict: Verdict { Self.verdicts[type] ?? .local }

  /// The file system that holds `path`.
  package static func of(_ path: FilePath) throws(OpenError) -> FileSystem {
    var information = statfs()
    let code = unsafe path.withPlatformString { path in unsafe statfs(path, &information) }
    guard code == 0 else { throw .system(operation: "statfs", path, errno: errno) }
    return FileSystem(type: UInt32(truncatingIfNeeded: information.f_type))
  }

  /// Bytes that a process without privileges can still write at `path`; nil if the system does not say.
  package static func availableBytes(at path: FilePath) -> Int? {
    var information = statvfs()
    let code = unsafe path.withPlatformString { path in unsafe statvfs(path, &information) }
    guard code == 0 else { return nil }
    return bytes(blocks: UInt64(information.f_bavail), of: UInt64(information.f_frsize))
  }

  /// So many blocks in bytes; the largest number if that is more than one can hold, as some file systems pretend.
  static func bytes(blocks: UInt64, of size: UInt64) -> Int {
    let (bytes, isBeyond) = blocks.multipliedReportingOverflow(by: size)
    return isBeyond ? .max : Int(clamping: bytes)
  }
}
