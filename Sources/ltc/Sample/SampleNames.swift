/// Names of firms and people that exist nowhere, in the language of a market.
struct SampleMarket {
    let language: String
    let currency: String
    let regions: [String]
    let countries: [String]
    private let stems: [String]
    private let trades: [String]
    private let places: [String]
    private let forms: [String]
    private let familyNames: [String]
    private let givenNames: [String]

    /// 深圳华芯光电有限公司, or Nordlicht Optik GmbH with a number where names run out.
    func company(_ number: Int) -> String {
        let (stem, rest) = (number % stems.count, number / stems.count)
        let (trade, left) = (rest % trades.count, rest / trades.count)
        let (place, form) = (left % places.count, (number + left) % forms.count)
        return language == "zh"
            ? "\(places[place])\(stems[stem])\(trades[trade])\(forms[form])"
            : "\(stems[stem]) \(trades[trade])\(place == 0 ? "" : " \(places[place])") \(forms[form])"
    }

    func person(_ random: inout SplitMix64) -> String {
        let (family, given) = (random.pick(familyNames), random.pick(givenNames))
        return language == "zh" ? family + given : "\(given) \(family)"
    }

    func phone(_ random: inout SplitMix64) -> String {
        switch language {
        case "zh": "+86 21 \(random.number(50_000_000...69_999_999))"
        case "de": "+49 89 \(random.number(1_000_000...9_999_999))"
        default: "+1 212 555 \(String(random.number(10_000...19_999)).dropFirst())"
        }
    }

    static let china = SampleMarket(
        language: "zh", currency: "CNY", regions: ["CN", "华东", "华南", "华北", "HK"], countries: ["CN"],
        stems: [
            "华芯", "鼎盛", "明远", "天衡", "博瑞", "启航", "瑞丰", "恒达", "中科", "联创", "新锐", "金诺", "德信", "卓越", "永兴",
        ],
        trades: ["光电科技", "精密机械", "自动化设备", "生物医药", "新能源", "电子仪器", "汽车零部件", "环保工程"],
        places: ["上海", "深圳", "苏州", "北京", "杭州", "广州", "成都", "武汉", "南京", "天津"], forms: ["有限公司", "股份有限公司"],
        familyNames: ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"],
        givenNames: ["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "晓东", "佳怡", "子涵", "建国", "思远"])

    static let europe = SampleMarket(
        language: "en", currency: "EUR", regions: ["DE", "FR", "IT", "PL", "SE", "EMEA"],
        countries: ["DE", "FR", "IT", "PL", "SE"],
        stems: [
            "Nordlicht", "Alpen", "Rheingold", "Lumière", "Adria", "Wisła", "Bergström", "Falke", "Océane", "Toscana",
            "Brückner", "Jäger", "Åkerlund", "Nowak", "Girard",
        ],
        trades: ["Optik", "Mécanique", "Automation", "Pharma", "Energie", "Sensorik", "Automotive", "Systems"],
        places: ["", "Süd", "Lyon", "Milano", "Kraków", "Uppsala", "Nord", "West", "International", "Solutions"],
        forms: ["GmbH", "AG", "S.A.", "S.r.l.", "Sp. z o.o.", "AB"],
        familyNames: ["Müller", "Dupont", "Rossi", "Kowalska", "Svensson", "Schäfer", "Lefèvre", "Øster", "Gruber"],
        givenNames: ["Anna", "Jean", "Giulia", "Piotr", "Astrid", "Jürgen", "Zoé", "Matteo", "Ewa", "Björn"])

    static let america = SampleMarket(
        language: "en", currency: "USD", regions: ["US", "CA", "MX", "BR", "AMER"], countries: ["US", "CA", "MX"],
        stems: [
            "Summit", "Lakeside", "Pioneer", "Redwood", "Granite", "Bluebird", "Cascade", "Harbor", "Liberty", "Maple",
            "Sierra", "Canyon", "Prairie", "Falcon", "Evergreen",
        ],
        trades: ["Optics", "Machining", "Controls", "Biotech", "Energy", "Instruments", "Auto Parts", "Labs"],
        places: ["", "of Ohio", "West", "& Sons", "Texas", "North", "Group", "Pacific", "Atlantic", "Midwest"],
        forms: ["Inc.", "LLC", "Corp."],
        familyNames: ["Smith", "Johnson", "García", "Brown", "Nguyen", "O'Neill", "Davis", "Miller", "Patel", "Lee"],
        givenNames: ["James", "Maria", "Robert", "Linda", "David", "Susan", "José", "Karen", "Emily", "Kevin"])

    /// The market that a sales team works, by the continent of its zone.
    static func of(zone: String) -> SampleMarket {
        switch zone.split(separator: "/").first {
        case "Asia", "Australia": china
        case "America": america
        default: europe
        }
    }
}
