// Text laid out for people.

/// Collects lines, facts and tables; colours them when somebody is looking.
struct Page {
  let hasColour: Bool
  private(set) var text = ""

  init(hasColour: Bool = false) {
    self.hasColour = hasColour
  }

  enum Style: String {
    case good = "32"
    case bad = "31"
    case dim = "2"
    case strong = "1"
  }

  /// `text` in a style, or as it is where there is no colour.
  func styled(_ text: String, _ style: Style) -> String {
    hasColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  mutating func line(_ line: String = "", _ style: Style? = nil) {
    text += (style.map { styled(line, $0) } ?? line) + "\n"
  }

  /// Text of somebody else's format, as it is.
  mutating func verbatim(_ text: String) {
    self.text += text
  }

  /// Names and values in two columns; the values start at one column.
  mutating func facts(_ facts: [(name: String, value: String)]) {
    let width = facts.map(\.name.count).max() ?? 0
    for fact in facts {
      let name = fact.name + String(repeating: " ", count: width - fact.name.count)
      text += "\(styled(name, .dim))  \(fact.value)\n"
    }
  }

  /// A table with a heading; a column of numbers is aligned right.
  mutating func table(_ columns: [Column], _ rows: [[String]]) {
    let widths = columns.indices.map { index in
      max(columns[index].title.count, rows.map { $0[index].count }.max() ?? 0)
    }
    let heading = Self.row(columns.map(\.title), columns, widths)
    text += "\(styled(heading, .dim))\n"
    for row in rows { text += Self.row(row, columns, widths) + "\n" }
  }

  struct Column {
    let title: String
    var isNumber = false
  }

  private static func row(_ cells: [String], _ columns: [Column], _ widths: [Int]) -> String {
    var line = ""
    for index in cells.indices {
      let padding = String(repeating: " ", count: widths[index] - cells[index].count)
      line += (index == 0 ? "" : "  ") + (columns[index].isNumber ? padding + cells[index] : cells[index] + padding)
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
