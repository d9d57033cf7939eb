import Foundation

/// A file of a suite.
struct FixtureFile {
  /// The suite's directory.
  let directory: String

  /// Where the file is below it.
  let path: String

  func bytes() throws(FixtureError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: "\(directory)/\(path)") else {
      throw FixtureError("the file \(path) cannot be read")
    }
    return [UInt8](data)
  }

  func json() throws(FixtureError) -> JSON { try JSON(parsing: try bytes()) }

  /// The file beside this one with another name; nil when there is none.
  func sibling(_ name: String) -> FixtureFile? {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    let file = FixtureFile(directory: directory, path: folder.isEmpty ? name : "\(folder)/\(name)")
    return FileManager.default.fileExists(atPath: "\(directory)/\(file.path)") ? file : nil
  }
}
