// The libraries' errors, as the tool tells them.

extension Failure {
  /// The libraries' errors describe themselves: what happened, where, what to do next. What is decided here is the exit
  /// code.
  init(of error: any Error) {
    self.init(.cannot, "\(error)")
  }
}
