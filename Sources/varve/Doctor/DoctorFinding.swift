/// What one look at a store has shown.
struct DoctorFinding: Encodable {
  enum Status: String, Encodable {
    case ok, warn, fail
  }

  /// What was looked at.
  let check: String
  let status: Status

  /// What was seen.
  let text: String

  /// What to do about it; nil where there is nothing to do.
  let remedy: String?

  static func ok(_ check: String, _ text: String) -> DoctorFinding {
    DoctorFinding(check: check, status: .ok, text: text, remedy: nil)
  }

  static func warn(_ check: String, _ text: String, _ remedy: String) -> DoctorFinding {
    DoctorFinding(check: check, status: .warn, text: text, remedy: remedy)
  }

  static func fail(_ check: String, _ text: String, _ remedy: String) -> DoctorFinding {
    DoctorFinding(check: check, status: .fail, text: text, remedy: remedy)
  }
}
