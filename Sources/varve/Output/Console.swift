// Everything the tool says goes through here.

/// A result that can be told to people and to programs.
protocol Report: Encodable {
  /// The same content as the encoded form, laid out for reading.
  func render(on page: inout Page)
}

/// Where a command writes, and how: for people (tables, colour on a terminal only) or as JSON.
struct Console {
  let isJSON: Bool
  let isQuiet: Bool

  /// The result of the command, on standard output. `quiet` leaves it out for people, never for programs.
  func report(_ report: some Report) {
    if isJSON {
      StandardStream.output.write(JSON.line(report) + "\n")
    } else {
      page { report.render(on: &$0) }
    }
  }

  /// Text for people, on standard output.
  func page(_ fill: (inout Page) -> Void) {
    guard !isQuiet else { return }
    var page = Page(hasColour: StandardStream.output.wantsColour)
    fill(&page)
    StandardStream.output.write(page.text)
  }

  /// One line of several results: JSON Lines, or a line of text.
  func line(_ value: some Encodable, text: @autoclosure () -> String) {
    if isJSON {
      StandardStream.output.write(JSON.line(value) + "\n")
    } else if !isQuiet {
      StandardStream.output.write(text() + "\n")
    }
  }

  /// Something worth knowing that is not the result, on standard error.
  func note(_ text: String) {
    guard !isQuiet else { return }
    StandardStream.error.write("note: \(text)\n")
  }

  /// Tells what went wrong, on standard error, and gives back what ends the command.
  func stop(_ failure: Failure) -> Stop {
    if isJSON {
      StandardStream.error.write(failure.json + "\n")
    } else {
      let page = Page(hasColour: StandardStream.error.wantsColour)
      var text = page.styled("error:", .bad) + " \(failure.message)\n"
      if let remedy = failure.remedy { text += "  next: \(remedy)\n" }
      StandardStream.error.write(text)
    }
    return Stop(exitCode: failure.kind.rawValue)
  }
}
