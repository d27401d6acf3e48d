import Foundation
import Networks
import Perturbations
import Reports
import Runs
import Torch
import Training

/// `recipe: train`: trains a network and judges it.
enum TrainingKind: RunKind {
  typealias Settings = TrainingRecipe

  static let name = "train"

  static func validate(_ settings: TrainingRecipe) throws {
    try settings.validate()
    guard modelNames.contains(settings.model.name) else {
      throw ModelError.unknownModel(settings.model.name, known: modelNames)
    }
  }

  private static var modelNames: [String] {
    ModelRegistry.names + ModelRegistry.graphNames + ModelRegistry.encoderNames
  }

  static func run(_ settings: TrainingRecipe, in session: RunSession) throws -> RunResult? {
    try TrainingRun(settings, folder: session.folder).run(in: session)
  }

  static func trial(_ settings: TrainingRecipe) throws -> RunCost {
    try TrainingTrial.cost(of: settings)
  }

  static var choices: [String: [String]] {
    [
      "model.name": modelNames, "objective.term": TermRegistry.names,
      "measures.measure": MeasureRegistry.names,
      "evaluation.attack": Attacks.all.map(\.name), "evaluation.norm": Norms.all.map(\.name),
    ]
  }

  static let help = [
    "data": "What is learned from.",
    "data.source": "A folder, an archive, or the name of a built-in set (touchstone data list).",
    "data.text": "How lines of text become tokens, where the data is text.",
    "data.text.length": "Tokens a line; the longest training line, at most 128, by default.",
    "data.text.words": "The most words of the vocabulary; 20000 by default.",
    "data.text.minimumCount": "How often a word must occur to be in it; 2 by default.",
    "data.text.fold": "Which of ten folds is for testing, from 0; a fixed fifth by default.",
    "data.portraits": "Who is drawn and how, for the source portraits.",
    "data.portraits.pool": "Whose portraits: those of the private pool by default.",
    "data.portraits.privateIdentities": "How many people are in the private pool; 100 by default.",
    "data.portraits.publicIdentities": "How many people are in the public pool; 500 by default.",
    "data.portraits.size": "The side of the pictures in pixels; 32 by default.",
    "data.portraits.color": "Whether pictures have colours.",
    "data.portraits.minimumDistance":
      "The smallest distance between two identities; 1.5 by default.",
    "data.portraits.train": "How many pictures of each person are for training.",
    "data.portraits.test": "How many pictures of each person are for testing.",
    "data.strangers": "How many classes, the last ones, nothing is learned from.",
    "data.classes": "The names of the classes that are used, in their order; all by default.",
    "data.train": "How many training examples are used; all by default.",
    "data.validation": "Training examples set apart to judge by while training and to choose by.",
    "data.labels":
      "How many training examples keep their label: as many of every class, or drawn at random where "
      + "each can have several.",
    "data.labelSeed": "What the choice of labels depends on.",
    "data.unlabelled":
      "How many training examples are learned from without labels; all by default.",
    "data.test": "How many test examples are used; all by default.",
    "data.redraw": "Whether a procedural set is drawn anew for every seed.",
    "data.drawSeed": "What a procedural set is drawn from; with redraw the run's seed is added.",
    "data.scaling": "How features are scaled: tables by standardise, graphs by rows.",
    "data.side":
      "The pixels of a side of the middle square that images in files of their own are reduced to.",
    "data.shift": "By how many pixels images are shifted at most, at random.",
    "data.flip": "Whether images are mirrored at random.",
    "model": "The network.",
    "model.name": "Its name.",
    "model.options": "Numbers that change it, such as width.",
    "objective": "What is minimised: a sum of terms.",
    "objective.term": "The name of the term.",
    "objective.weight": "A number, or a schedule over the run.",
    "objective.learned": "Whether the weight is learned (Kendall et al., CVPR 2018).",
    "objective.options": "What changes the term, such as radius, steps, norm, deviation.",
    "training": "How the run goes.",
    "training.epochs": "Passes over the data.",
    "training.steps": "The number of steps, in place of epochs.",
    "training.batchSize": "Examples a step.",
    "training.unlabelledBatchSize": "Unlabelled examples a step.",
    "training.shards":
      "Parts of a batch that are worked on by threads of their own, for terms that are means.",
    "training.replays": "How often each batch is used in a row, for free-cross-entropy.",
    "training.precision":
      "The precision of matrix products and convolutions in training passes; float32 by default.",
    "training.swaStart": "The share of the run after which snapshots of the weights are averaged.",
    "training.swaEvery": "Steps between those snapshots.",
    "training.sharpness": "Sharpness-aware minimisation (SAM, ASAM).",
    "training.sharpness.radius": "The radius in weight space.",
    "training.sharpness.adaptive": "Whether the radius is relative to each weight (ASAM).",
    "training.sharpness.offset": "What ASAM adds to each weight's size.",
    "training.reestimatesStatistics": "Whether batch statistics are computed anew at the end.",
    "training.optimiser": "The optimiser and its constants.",
    "training.optimiser.rule": "Which optimiser.",
    "training.optimiser.momentum": "The momentum of sgd, at least 0 and below 1.",
    "training.optimiser.nesterov": "Whether sgd looks ahead.",
    "training.optimiser.betas": "The decay rates of Adam's moments.",
    "training.optimiser.epsilon": "What is added to Adam's denominator.",
    "training.optimiser.weightDecay": "Added to the gradient, or decoupled for adamw.",
    "training.learningRate": "The learning rate at every step.",
    "training.learningRate.peak": "The rate after the warm-up.",
    "training.learningRate.shape": "How it goes on.",
    "training.learningRate.warmup": "The share of all steps that climb to the peak.",
    "training.learningRate.final": "The rate at the end, of cosine, linear and trapezoid.",
    "training.learningRate.factor": "What the rate is multiplied with, of step.",
    "training.learningRate.every": "After how many steps, of step.",
    "training.learningRate.over": "The share of the run that falls, of rampdown and trapezoid.",
    "training.initial":
      "The folder of a run of the same model, or a safetensors file, for all layers but the last.",
    "training.freeze": "How many layers with weights, from the input on, are not trained.",
    "training.clipNorm": "The longest gradient.",
    "training.privacy": "DP-SGD: how little training tells of an example.",
    "training.privacy.clip": "The length that the gradient of an example is shortened to.",
    "training.privacy.noise": "The deviation of the noise, in units of that length.",
    "training.privacy.delta": "The delta that epsilon is told for.",
    "training.emaDecay": "The decay of averaged weights, which the final model uses.",
    "training.emaHalfLife": "The half-life of averaged weights, in images, in place of emaDecay.",
    "training.emaRampUp": "The longest half-life, as a share of the images seen; 0.05 by default.",
    "training.evaluateEvery": "Steps between evaluations; once an epoch by default.",
    "training.patience": "Evaluations without an improvement after which a run stops.",
    "training.checkpointEvery": "Steps between checkpoints.",
    "training.gradientNormEvery": "Steps between measurements of every term's gradient norm.",
    "evaluation": "Attacks on the finished model.",
    "evaluation.attack": "The name of the attack.",
    "evaluation.norm": "The norm of the ball.",
    "evaluation.radius": "The radius, in the data's units; all attacks but hotflip need it.",
    "evaluation.steps": "The gradient steps; the attack's own number when not given.",
    "evaluation.restarts": "How often the attack starts.",
    "evaluation.options": "Other settings of the attack, by name (touchstone attacks NAME).",
    "evaluation.flips": "How many words hotflip may exchange.",
    "evaluation.scope": "What the radius of embedding-pgd bounds.",
    "evaluation.count": "How many test examples are attacked.",
    "measures": "What else is measured on the finished model.",
    "measures.measure": "The name of the measure.",
    "measures.part":
      "What it is measured on: the labelled training examples, the test ones, or those of strangers.",
    "measures.count": "How many of those examples.",
    "measures.options": "What changes the measure, such as radius.",
    "seed": "The seed of all randomness.",
    "threads": "Threads inside one operator; the same number gives the same bits.",
  ]
}

extension Schedule: SchemaDescribing {
  /// A number, or a shape with its constants; each at all steps or by turns.
  public static var schema: JSONObject {
    let number: JSONValue = ["type": "number"]
    let every: JSONValue = [
      "type": "integer", "minimum": 1, "description": "Count only at every so many steps.",
    ]
    let offset: JSONValue = [
      "type": "integer", "minimum": 0, "description": "The first such step; needs every.",
    ]
    func shape(_ name: String, _ required: [String], _ optional: [String] = []) -> JSONValue {
      var properties: JSONObject = ["shape": ["const": .string(name)]]
      for key in required + optional { properties[key] = number }
      (properties["every"], properties["offset"]) = (every, offset)
      return [
        "type": "object", "additionalProperties": false, "properties": .object(properties),
        "required": .array((["shape"] + required).map(JSONValue.string)),
      ]
    }
    return [
      "anyOf": [
        number, shape("constant", ["to"]), shape("linear", ["to"], ["over"]),
        shape("exponential", ["to"], ["over"]),
        shape("sigmoid", ["to"], ["steepness", "midpoint"]),
        shape("rescaledSigmoid", ["to"], ["steepness", "midpoint"]),
        shape("twoStage", ["first", "second"], ["at"]),
        [
          "type": "object", "additionalProperties": false, "required": ["every"],
          "properties": ["to": number, "every": every, "offset": offset],
        ],
      ]
    ]
  }
}

extension SettingValue: SchemaDescribing {
  /// A number, a truth value or a word.
  public static var schema: JSONObject { ["type": ["number", "boolean", "string"]] }
}
