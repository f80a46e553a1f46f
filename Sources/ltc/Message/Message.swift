import ArgumentParser

struct Message: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What leaves the house: mails and chat posts to colleagues, and letters to customers.",
        subcommands: [
            MessageList.self, MessageShow.self, MessageResolve.self, MessageRetry.self,
            MessageReceive.self,
        ])
}
