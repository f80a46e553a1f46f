import Foundation
import Jobs
import TestSupport

extension Fault {
    static let clock = Fault(
        name: "clock", what: "the clocks of two workers are an hour off",
        load: Load(outside: 2, milliseconds: 500...4_000),
        obstacle: WrongClock.obstacle
    ) { stage, _ in
        try await stage.hire(1, Crew.Role(lease: 3))
        for (name, shift) in [("ahead", 3_600), ("behind", -3_600)] {
            let environment = try await WrongClock.environment(shift: shift, in: stage.folder)
            try await stage.hire(1, Crew.Role(name: name, lease: 3, environment: environment))
        }
        try await Task.sleep(for: stage.length.lasting(short: 8, long: 120))
        return Injection(count: 2) { review($0, &$1) }
    }

    private static func review(_ evidence: Evidence, _ outcome: inout Outcome) {
        // That they are early is asked of all faults.
        outcome.blame("run late", evidence.finished.filter { $0.at.timeIntervalSince($0.dueAt) > 10 }.map(\.job))
        outcome.blame("taken from a worker that lived", evidence.rescues.map(\.job))
        for (name, shift) in [("ahead", 3_600.0), ("behind", -3_600.0)] {
            let ends = Dictionary(evidence.finished.map { ($0.job, $0.at) }) { first, _ in first }
            let shifts = evidence.effects.flatMap { job, all in
                all.filter { $0.worker.hasPrefix(name) }.compactMap { effect in
                    ends[job].map { effect.at.timeIntervalSince($0) }
                }
            }
            if shifts.isEmpty || shifts.contains(where: { abs($0 - shift) > 60 }) {
                outcome.problems.append("the clock of the worker \(name) was not \(shift) s off: nothing was tried")
            }
        }
    }
}

/// A wrong wall clock for one process: a library that is loaded before the C library and shifts what it says.
enum WrongClock {
    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <sys/time.h>
        #include <time.h>
        static int (*original)(clockid_t, struct timespec *);
        int clock_gettime(clockid_t clock, struct timespec *time) {
            if (!original) original = dlsym(RTLD_NEXT, "clock_gettime");
            int outcome = original(clock, time);
            if (outcome == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += SHIFT;
            return outcome;
        }
        int gettimeofday(struct timeval *time, void *zone) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            time->tv_sec = now.tv_sec;
            time->tv_usec = now.tv_nsec / 1000;
            return 0;
        }
        time_t time(time_t *place) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (place) *place = now.tv_sec;
            return now.tv_sec;
        }
        """

    /// What a process must be started with.
    ///
    /// - Parameter shift: in seconds; what its clock is ahead.
    static func environment(shift: Int, in folder: URL) async throws -> [String: String] {
        let (code, library) = (folder.appending(path: "clock.c"), folder.appending(path: "clock\(shift).so"))
        try Data(source.utf8).write(to: code)
        let compiler = try ChildProcess(
            "cc", ["-shared", "-fPIC", "-DSHIFT=\(shift)", "-o", library.path, code.path, "-ldl"])
        guard await compiler.exit() == 0 else {
            throw ProcessFailure(program: "cc", problem: await compiler.nextOutput())
        }
        return ["LD_PRELOAD": library.path]
    }

    static func obstacle() async -> String? {
        do {
            return try await ChildProcess("cc", ["--version"]).exit() == 0 ? nil : "cc does not work"
        } catch {
            return "there is no C compiler: \(error)"
        }
    }
}
