// Just enough of Swift's surface to find imports and measure functions.

/// A Swift source with comments and the insides of string literals blanked out, line by line.
struct SwiftCode {
  let lines: [String]

  init(_ text: String) {
    var blanker = Blanker(text)
    lines = blanker.run().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// One `import`, with the line it stands on (from 1).
  struct Import: Equatable {
    let module: String
    let line: Int
  }

  /// Every module named by an `import`, submodules and single declarations included.
  var imports: [Import] {
    lines.enumerated().flatMap { number, line in
      line.split(separator: ";").compactMap { statement in
        Self.importedModule(String(statement)).map { Import(module: $0, line: number + 1) }
      }
    }
  }

  private static func importedModule(_ statement: String) -> String? {
    var words = statement.split(whereSeparator: \.isWhitespace).map(String.init)
    let prefixes: Set = ["public", "package", "internal", "fileprivate", "private"]
    while let first = words.first, first.hasPrefix("@") || prefixes.contains(first) { words.removeFirst() }
    guard words.first == "import" else { return nil }
    words.removeFirst()
    let kinds: Set = ["struct", "class", "enum", "func", "protocol", "var", "let", "typealias"]
    if let first = words.first, kinds.contains(first) { words.removeFirst() }
    return words.first?.split(separator: ".").first.map(String.init)
  }

  /// A function-like body: where it starts, its name as written, and how many lines it takes, signature included.
  struct Function {
    let line: Int
    let signature: String
    let length: Int
  }

  /// Every `func`, `init`, `deinit` and `subscript` that has a body.
  var functions: [Function] {
    lines.indices.compactMap { start in
      guard Self.startsFunction(lines[start]), let end = endOfBody(from: start) else { return nil }
      let signature = lines[start].trimmingPrefix(while: \.isWhitespace)
      return Function(line: start + 1, signature: String(signature), length: end - start + 1)
    }
  }

  private static func startsFunction(_ line: String) -> Bool {
    let words = line.split(whereSeparator: { $0.isWhitespace || $0 == "(" || $0 == "<" || $0 == "?" })
    // Attributes and modifiers stand before the keyword, nothing else does.
    for word in words {
      if ["func", "init", "deinit", "subscript"].contains(word) { return !line.contains(".init(") || word == "func" }
      guard word.hasPrefix("@") || modifiers.contains(String(word)) else { return false }
    }
    return false
  }

  private static let modifiers: Set = [
    "public", "package", "internal", "fileprivate", "private", "static", "class", "final", "override", "mutating",
    "nonmutating", "borrowing", "consuming", "required", "convenience", "nonisolated", "isolated", "prefix", "postfix",
    "infix", "indirect", "open", "nonisolated(nonsending)", "nonsending)", "__always)", "never)", "borrow", "self)",
    "copy", "immortal)",
  ]

  /// The line on which the body that opens at or after `start` closes; nil for a requirement without a body.
  private func endOfBody(from start: Int) -> Int? {
    var depth = 0
    var parentheses = 0
    var opened = false
    for index in start..<lines.count {
      for character in lines[index] {
        switch character {
        case "(": parentheses += 1
        case ")": parentheses -= 1
        case "{":
          depth += 1
          opened = opened || parentheses == 0
        case "}":
          depth -= 1
          if opened && depth == 0 { return index }
          if depth < 0 { return nil }
        default: break
        }
      }
      // The next declaration began before any body did: this one is a requirement.
      if !opened && parentheses == 0 && index > start && Self.startsFunction(lines[index]) { return nil }
    }
    return nil
  }
}

/// Replaces comments and string contents by spaces; keeps line breaks.
private struct Blanker {
  private let input: [Character]
  private var position = 0
  private var output = ""

  init(_ text: String) {
    input = Array(text)
  }

  mutating func run() -> String {
    while position < input.count {
      if starts(with: "//") {
        skip { $0.input[$0.position] == "\n" }
      } else if starts(with: "/*") {
        skipBlockComment()
      } else if input[position] == "\"" || (input[position] == "#" && isRawString) {
        skipString()
      } else {
        output.append(input[position])
        position += 1
      }
    }
    return output
  }

  private func starts(with text: String) -> Bool {
    var index = position
    for character in text {
      guard index < input.count, input[index] == character else { return false }
      index += 1
    }
    return true
  }

  private var isRawString: Bool {
    var index = position
    while index < input.count, input[index] == "#" { index += 1 }
    return index < input.count && input[index] == "\""
  }

  /// Blanks up to the point where `isEnd` holds, which stays.
  private mutating func skip(until isEnd: (Blanker) -> Bool) {
    while position < input.count, !isEnd(self) { blank(1) }
  }

  private mutating func blank(_ count: Int) {
    for _ in 0..<count where position < input.count {
      output.append(input[position] == "\n" ? "\n" : " ")
      position += 1
    }
  }

  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if starts(with: "/*") {
        depth += 1
        blank(2)
      } else if starts(with: "*/") {
        depth -= 1
        blank(2)
      } else {
        blank(1)
      }
    } while depth > 0 && position < input.count
  }

  private mutating func skipString() {
    var hashes = ""
    while input[position] == "#" {
      hashes.append("#")
      blank(1)
    }
    let quote = starts(with: "\"\"\"") ? "\"\"\"" : "\""
    blank(quote.count)
    while position < input.count {
      if starts(with: quote + hashes) {
        blank(quote.count + hashes.count)
        return
      }
      if starts(with: "\\" + hashes + "(") {
        blank(2 + hashes.count)
        skipInterpolation()
      } else if starts(with: "\\" + hashes) && hashes.isEmpty {
        blank(2)
      } else {
        blank(1)
      }
    }
  }

  /// An interpolation may hold parentheses and further strings.
  private mutating func skipInterpolation() {
    var depth = 1
    while depth > 0 && position < input.count {
      switch input[position] {
      case "(":
        depth += 1
        blank(1)
      case ")":
        depth -= 1
        blank(1)
      case "\"": skipString()
      default: blank(1)
      }
    }
  }
}
