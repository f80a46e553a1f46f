import Domain

/// The customer whose way from lead to cash the demo tells: 华光精密仪器 / Huaguang Precision Instruments.
///
/// On the sample's day: lead L-10001 has just come in (a second laboratory); opportunity O-10001 was won and became
/// contract K-10001, which ends 59 days later with 30 days' notice, so that it stands on the 30-day rung of the ladder;
/// invoice R-10001 is 23 days overdue, level 1 was reached 16 days ago, and level 2 is due.
enum SampleStory {
    static let customer = "C-10001"
    static let name = "华光精密仪器"

    static func customerRow(team: String) -> [String] {
        [customer, name, team, "zh", "caiwu@huaguang.example", "+86 512 62881001", "CN", "", "30", ""]
    }

    static func lead(on: CalendarDate) -> [String] {
        [
            "L-10001", name, "林晓", "lin.xiao@huaguang.example", "+86 512 62881088", "exhibition", "CN", "enterprise",
            "Spectrometer S2", "480000.00", "CNY", "\(on)T01:20:00Z", "Huaguang Precision Instruments: 二期实验室，需要两台光谱仪",
            "",
        ]
    }

    static func opportunity(owner: String, team: String, on: CalendarDate) -> [String] {
        [
            "O-10001", "一期实验室光谱仪", name, owner, team, "Spectrometer S2", "won",
            on.adding(days: -390).description, on.adding(days: -310).description, "860000.00", "CNY", "",
        ]
    }

    static func contract(owner: String, team: String, on: CalendarDate) -> [String] {
        [
            "K-10001", customer, "光谱仪维护合同 / Maintenance", team, owner, "O-10001",
            on.adding(days: -305).description, on.adding(days: 59).description, "30d", "auto", "", "96000.00", "CNY",
            "3.5",
        ]
    }

    static func invoice(creditor: String, on: CalendarDate) -> [String] {
        [
            "R-10001", customer, creditor, "K-10001", on.adding(days: -53).description,
            on.adding(days: -23).description, "86000.00", "CNY", "invoice", "86000.00", "1",
            on.adding(days: -16).description,
        ]
    }
}
