package import Rollup

/// Something that happened, in a line for people, and what holds it: a record of the ledger, a row of a projection, a file.
package struct DevnetLine: Equatable, Sendable {
  package enum Holder: Equatable, Sendable {
    case record(Position, EventKind)
    /// A row derived from records: projection, table, key.
    case row(String)
    /// What a role keeps of its own before it acts.
    case file(String)
    case nothing
  }

  package var holder: Holder
  package var text: String

  package init(_ text: String, in holder: Holder = .nothing) {
    self.holder = holder
    self.text = text
  }
}

extension DevnetLine: CustomStringConvertible {
  /// Position, kind, and text, in columns.
  package var description: String {
    let (place, name) =
      switch holder {
      case .record(let position, let kind): ("\(position)", kind.name)
      case .row(let row): ("row", row)
      case .file(let path): ("file", path)
      case .nothing: ("", "")
      }
    let column = String(repeating: " ", count: max(0, 5 - place.count)) + place + "  " + name
    return column + String(repeating: " ", count: max(0, 32 - column.count)) + "  " + text
  }
}
