import ArgumentParser

@main
struct Varve: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "varve")
}
