import Dispatch

/// One connection's thread of execution: what waits on its socket blocks nobody else.
final class ConnectionExecutor: SerialExecutor {
    private let queue: DispatchQueue
    /// For tasks that do little but ask the connection: what wakes them wakes the thread that asks. A task holds its executor
    /// unowned, so it lives as long as the connection.
    let forTasks: any TaskExecutor

    init() {
        queue = DispatchQueue(label: "postgres.connection")
        forTasks = Tasks(queue: queue)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }

    private final class Tasks: TaskExecutor {
        let queue: DispatchQueue

        init(queue: DispatchQueue) { self.queue = queue }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
}
