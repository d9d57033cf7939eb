/// Cases that are not run, each with the reason. It is empty: every published case that is here runs.
enum SkipList {
  /// A part of the case's file or name, and why it is not run.
  static let entries: [(pattern: String, reason: String)] = []

  /// Why the case is not run; nil when it is.
  static func reason(file: String, name: String) -> String? {
    entries.first { file.contains($0.pattern) || name.contains($0.pattern) }?.reason
  }
}
