import Audit
import Inversion
import Reports
import Statistics

extension ModelPage {
  static let accuracyCaption = """
    Shares of images whose class comes first, with 95 % intervals over people: by the target, and by the \
    evaluator, which the attack does not look at.
    """

  var accuracies: TextTable {
    var text = TextTable([
      .init("images"), .init("target", .trailing), .init("evaluator", .trailing),
      .init("among five", .trailing),
      .init("above look-alikes", .trailing),
    ])
    for row in table.rows {
      let result = row.result
      text.append([
        row.title, TemplateText.share(result.targetAccuracy), TemplateText.share(result.accuracy),
        TemplateText.share(result.accuracyAmongFive), TemplateText.share(row.lift),
      ])
    }
    return text
  }

  static let personCaption = """
    Verification: the share of images that is accepted as the person at a false match rate of 1 %, by an encoder that \
    has never seen the people. Traits: the correlation over people of what is read off the images with the truth. \
    With 95 % intervals over people.
    """

  var persons: TextTable {
    var text = TextTable([
      .init("images"), .init("verification", .trailing), .init("above look-alikes", .trailing),
      .init("traits", .trailing), .init("above look-alikes", .trailing),
    ])
    for row in table.rows {
      let result = row.result
      text.append([
        row.title, TemplateText.share(result.openSetAcceptance),
        TemplateText.share(row.openSetLift),
        result.attributes.map { TemplateText.number($0.correlation, $0.interval) } ?? "",
        row.attributeLift.map { TemplateText.number($0.value, $0.interval) } ?? "",
      ])
    }
    return text
  }

  static let likenessCaption = """
    Nearest: the squared distance to the person's nearest training image in features of the evaluator. Perceptual: \
    that to the nearest one to the eye; diversity: that between images of a person. Knowledge: the accuracy on real \
    images of a network that learned from the row alone.
    """

  var likeness: TextTable {
    var text = TextTable([
      .init("images"), .init("nearest", .trailing), .init("perceptual", .trailing),
      .init("diversity", .trailing), .init("knowledge", .trailing),
    ])
    for row in table.rows {
      let result = row.result
      text.append([
        row.title, TemplateText.number(result.neighbourDistance),
        TemplateText.number(result.perceptualDistance), TemplateText.number(result.diversity),
        TemplateText.share(row.knowledge?.accuracy),
      ])
    }
    return text
  }

  static let distributionCaption = """
    All images of a row against all that the target was trained on, in features of the evaluator: kernel and Fréchet \
    distance; precision, recall, density and coverage by the reference formula.
    """

  var distributions: TextTable {
    var text = TextTable([
      .init("images"), .init("kernel", .trailing), .init("Fréchet", .trailing),
      .init("precision", .trailing), .init("recall", .trailing), .init("density", .trailing),
      .init("coverage", .trailing),
    ])
    func number(_ value: Double?) -> String { value.map { NumberText.short($0, digits: 3) } ?? "" }
    for row in table.rows {
      let (result, prdc) = (row.result, row.result.prdc)
      text.append([
        row.title, number(result.kernelDistance.value), number(result.frechetDistance?.value),
        number(prdc?.precision), number(prdc?.recall), number(prdc?.density),
        number(prdc?.coverage),
      ])
    }
    return text
  }

  static let budgetCaption = """
    Images shown to the target, and those of them with a gradient, with choosing public images and fine-tuning; \
    seconds of making the images.
    """

  var budgets: TextTable {
    var text = TextTable([
      .init("images"), .init("optimised"), .init("shown", .trailing),
      .init("with gradient", .trailing),
      .init("seconds", .trailing), .init("processor seconds", .trailing),
    ])
    for row in table.rows {
      guard let budget = row.result.budget else { continue }
      text.append([
        row.title, row.optimised.map { $0 == .none ? "" : $0.rawValue } ?? "", "\(budget.forward)",
        "\(budget.backward)",
        NumberText.short(budget.seconds, digits: 3),
        NumberText.short(budget.processorSeconds, digits: 3),
      ])
    }
    return text
  }
}
