import ArgumentParser
import ProjectionStore
import Projections

/// `varve projection switch NAME [VERSION]`: a finished version becomes the live one.
struct ProjectionSwitch: VarveCommand {
  static let configuration = CommandConfiguration(
    commandName: "switch",
    abstract: "Make a finished version live that is not.",
    discussion: """
      That is what `varve projection rebuild --no-switch` has made, or the version
      named. It is one rename; readers move at their next transaction. The version
      that was live stays for `varve projection rollback`.

      EXAMPLES
        varve projection switch proposer-state
        varve projection switch proposer-state v3-s7
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The projection.")
  var name: ProjectionName

  @Argument(help: "The version, as `varve projection list` names it.", transform: versionName)
  var version: VersionName?

  func execute(_ console: Console) throws {
    console.report(LiveOutcome(name: name.rawValue, live: "\(try switchTo(name.type))"))
  }

  private func switchTo<P: Projection>(_ type: P.Type) throws -> VersionName {
    try options.openProjector(type).switchTo(version)
  }

  private static func versionName(_ text: String) throws -> VersionName {
    guard let name = VersionName(text) else { throw ValidationError("a version's name is like v3-s7") }
    return name
  }
}
