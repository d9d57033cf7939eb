import Foundation

/// The most memory that this process has had in place at once, mapped pages of files included, in bytes; of Linux.
struct PeakMemory: Encodable {
  let figure: String
  let peakBytes: Int

  init(figure: String) {
    self.figure = figure
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    peakBytes = (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) * 1024
  }

  func print() { StandardStream.output.write(JSON.line(self) + "\n") }

  /// From here on, only what the process has now and gets later counts: proc(5), `clear_refs`.
  static func forget() { try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs")) }
}
