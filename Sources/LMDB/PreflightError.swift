package import SystemPackage

/// Why a data file must not be opened by LMDB.
package struct PreflightError: Error, Hashable, Sendable {
  /// What is wrong with the file.
  package enum Fault: Hashable, Sendable {
    /// The file has no bytes; LMDB would make it a new, empty environment.
    case empty
    /// The file is no regular file.
    case notAFile
    /// The file ends inside the meta pages, or before a page that is not free.
    case truncated(length: Int, needed: Int)
    /// A field of a page has a value that no commit writes there.
    case field(page: Int, name: String, value: UInt64, expected: String)
    /// The two meta pages are not those of two successive commits.
    case transactions(page0: UInt64, page1: UInt64)
  }

  package let file: FilePath
  package let fault: Fault
}

extension PreflightError: CustomStringConvertible {
  /// What is wrong, where, and what to do.
  package var description: String {
    "\(file): \(fault); it was not opened: do not delete it; \(LMDBError.replacement)"
  }
}

extension PreflightError.Fault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the file is empty"
    case .notAFile: "this is no regular file"
    case .truncated(let length, let needed): "the file has \(length) bytes and needs \(needed)"
    case .field(let page, let name, let value, let expected):
      "page \(page): \(name) is \(value), must be \(expected)"
    case .transactions(let page0, let page1):
      "the meta pages carry transactions \(page0) and \(page1), which are not two successive ones in their slots"
    }
  }
}
