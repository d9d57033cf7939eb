import Foundation

/// A file of a suite.
struct FixtureFile {
  /// The suite's directory.
  let directory: String

  /// Where the file is below it.
  let path: String

  /// Its name in its folder.
  var name: String { path.split(separator: "/").last.map(String.init) ?? "" }

  /// Its folder below the suite's directory, with a slash at the end; empty for the directory itself.
  var folder: String { String(path.dropLast(name.count)) }

  var exists: Bool { FileManager.default.fileExists(atPath: "\(directory)/\(path)") }

  func bytes() throws(FixtureError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: "\(directory)/\(path)") else {
      throw FixtureError("the file \(path) cannot be read")
    }
    return [UInt8](data)
  }

  func json() throws(FixtureError) -> JSON { try JSON(parsing: try bytes()) }

  /// All files below a directory. A folder that cannot be read and a link to a folder, which could lead in a circle, are
  /// errors: nothing is passed over.
  static func all(in directory: String) throws(ConformanceError) -> [FixtureFile] {
    var files: [FixtureFile] = []
    var folders = [""]
    while let folder = folders.popLast() {
      for name in try names(in: folder.isEmpty ? directory : "\(directory)/\(folder)") {
        let path = folder + name
        switch try kind(of: "\(directory)/\(path)") {
        case .typeDirectory: folders.append(path + "/")
        case .typeSymbolicLink: throw ConformanceError("\(directory)/\(path) is a link to a folder: name that itself")
        default: files.append(FixtureFile(directory: directory, path: path))
        }
      }
    }
    return files
  }

  private static func names(in folder: String) throws(ConformanceError) -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
      throw ConformanceError("the directory \(folder) cannot be read: \(error.localizedDescription)")
    }
  }

  /// What stands at a path; `typeSymbolicLink` for a link to a folder only.
  private static func kind(of path: String) throws(ConformanceError) -> FileAttributeType {
    let kind: FileAttributeType?
    do { kind = try attributeType(of: path) } catch {
      throw ConformanceError("\(path) cannot be read: \(error.localizedDescription)")
    }
    guard kind == .typeSymbolicLink else { return kind ?? .typeUnknown }
    // One that leads nowhere is a file that cannot be read.
    let target = try? attributeType(of: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    return target == .typeDirectory ? .typeSymbolicLink : .typeRegular
  }

  private static func attributeType(of path: String) throws -> FileAttributeType? {
    try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
  }

  /// The file beside this one with another name; nil when there is none.
  func sibling(_ name: String) -> FixtureFile? {
    let file = FixtureFile(directory: directory, path: folder + name)
    return file.exists ? file : nil
  }
}
