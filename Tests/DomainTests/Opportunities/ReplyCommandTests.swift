import Domain
import Testing

struct ReplyCommandTests {
    @Test(arguments: [
        ("done", "done"), ("\n  Done.  \nthanks", "done"), ("完成", "done"), ("snooze 3d", "snooze 3d"),
        ("SNOOZE 4H\n> snooze 9d", "snooze 4h"), ("waiting", "waiting 5d"), ("wait 2d", "waiting 2d"),
        ("等待 10d", "waiting 10d"), ("claim!", "claim"), ("> quoted\ndone", "done"),
    ])
    func `the first line that is not quoted says what is asked for`(text: String, command: String) {
        #expect(ReplyCommand(text)?.description == command)
    }

    @Test(arguments: [
        "", "   \n\n", "> done", "Done deal? Not yet.", "done 3d", "snooze", "snooze soon", "snooze 0d", "snooze 91d",
        "snooze -3d", "snooze 99999999999999999999d", "claim 2d", "ok", "-- \ndone", "undone",
    ])
    func `whatever else is said is no command`(text: String) {
        #expect(ReplyCommand(text) == nil)
    }
}
