import Foundation
import Torch

/// Why a perturbation cannot be made as asked.
public enum PerturbationError: LocalizedError, CustomStringConvertible, Sendable, Equatable {
  /// The radius is negative or not a number.
  case radius(Double)
  /// A mask or a scale does not fit the inputs.
  case shape(name: String, shape: [Int], inputs: [Int])
  /// A scale has an element that is not a positive number.
  case scale
  /// There is no such norm.
  case unknownNorm(String, known: [String])
  /// There is no such attack.
  case unknownAttack(String, known: [String])
  /// A setting of an attack is out of its range.
  case setting(name: String, value: Double, allowed: String)
  /// An attack has no such setting.
  case unknownOption(attack: String, option: String, known: [String])
  /// A setting of an attack cannot be read or is out of its range.
  case option(attack: String, option: String, value: String, allowed: String)
  /// The attack is not defined for the norm.
  case norm(attack: String, norm: String, supported: [String])
  /// The attack looks inside a ball, and the radius is infinite.
  case needsRadius(attack: String)
  /// The attack searches all values of a feature, and the data have no finite limits.
  case needsBox(attack: String)
  /// The domain of the features contradicts itself.
  case domain
  /// An example is not in the domain before anything is perturbed.
  case outsideDomain(example: Int)
  /// A folder holds the journal of another evaluation.
  case journal(folder: String)
  /// An example has no class to be reached.
  case noTarget(example: Int)
  /// A target class is not one of the classes.
  case targetClass(Int, classCount: Int)
  /// The inputs are outside of the box before anything is perturbed.
  case inputOutsideBox(example: Int, value: Double, low: Double, high: Double)
  /// The inputs are words, nodes or other numbers of things, which cannot be moved a little.
  case inputsDoNotMove
  /// The attack moves or exchanges vectors that the target does not have.
  case needsVectors(attack: String)
  /// The attack starts from inputs of the class that is to be reached, and has none.
  case needsStarts(attack: String)
  /// No input to start from is of the class that an example is to reach, or of another than its own.
  case noStart(example: Int, target: Int?)
  /// A surrogate has another number of classes than the target.
  case surrogate(classes: Int, target: Int)
  /// The attack looks for a wrong class, and examples have several labels each.
  case needsClasses(attack: String)

  /// What was wrong.
  public var description: String {
    switch self {
    case .radius(let radius): "the radius is \(radius), it must be zero or positive"
    case .shape(let name, let shape, let inputs):
      "the \(name) has the shape \(shape), the inputs have \(inputs)"
    case .scale: "the scale has elements that are not positive and finite"
    case .unknownNorm(let name, _): "there is no norm '\(name)'"
    case .unknownAttack(let name, _): "there is no attack '\(name)'"
    case .setting(let name, let value, let allowed): "\(name) is \(value), it must be \(allowed)"
    case .unknownOption(let attack, let option, _): "\(attack) has no setting '\(option)'"
    case .option(let attack, let option, let value, let allowed):
      "\(option) of \(attack) is \(value), it must be \(allowed)"
    case .norm(let attack, let norm, _): "the attack \(attack) is not defined for the norm \(norm)"
    case .needsRadius(let attack): "the attack \(attack) looks inside a ball and needs a radius"
    case .needsBox(let attack):
      "the attack \(attack) searches inside the limits of the data, and these have none"
    case .domain:
      "the domain has negative levels, or a group of one feature, or a feature in two groups"
    case .outsideDomain(let example): "example \(example) is not in the domain of the attack"
    case .journal(let folder):
      "\(folder) holds an evaluation of another model, data, attack, radius or seed"
    case .noTarget(let example): "example \(example) has no target class"
    case .targetClass(let target, let count):
      "the target class \(target) is not one of the \(count) classes"
    case .inputOutsideBox(let example, let value, let low, let high):
      "example \(example) has the value \(value), outside of the box from \(low) to \(high)"
    case .inputsDoNotMove: "the inputs are words or indices, which cannot be moved a little"
    case .needsVectors(let attack):
      "the attack \(attack) acts on the vectors of words, and the model's inputs are no words"
    case .needsStarts(let attack):
      "the attack \(attack) has to reach one class and has no inputs of that class to start from"
    case .noStart(let example, let target):
      "there is no input to start from for example \(example), of \(target.map { "class \($0)" } ?? "another class")"
    case .surrogate(let classes, let target):
      "the surrogate has \(classes) classes and the target \(target)"
    case .needsClasses(let attack):
      "the attack \(attack) looks for a wrong class, but these examples have several labels each"
    }
  }

  /// What was wrong.
  public var errorDescription: String? { description }

  /// What to do.
  public var recoverySuggestion: String? {
    switch self {
    case .radius: "give a radius in the units of the data, such as 0.1 for pixels in [0, 1]"
    case .shape: "give one value per feature, in the shape of one example"
    case .scale: "use a mask for features that must not change"
    case .unknownNorm(_, let known), .unknownAttack(_, let known):
      "choose one of \(known.joined(separator: ", "))"
    case .setting, .option: nil
    case .unknownOption(_, _, let known): "choose one of \(known.joined(separator: ", "))"
    case .norm(_, _, let supported): "choose one of \(supported.joined(separator: ", "))"
    case .needsRadius: "give a radius; minimum-norm attacks such as fmn need none"
    case .needsBox: "declare the range of the data, or attack with ddn or fmn, which need none"
    case .domain: "give levels in a unit of 0 or more, and groups of columns that share none"
    case .outsideDomain: "round the data to the domain first, or leave the domain real"
    case .journal: "give another folder, or remove this one"
    case .noTarget: "give a target class for every example"
    case .targetClass: "count classes from 0"
    case .inputOutsideBox: "scale the data, or declare its range"
    case .inputsDoNotMove:
      "attack words with embedding-pgd or hotflip; in training, terms move the vectors of indices"
    case .needsVectors: "attack with pgd, or a text model trained here (touchstone attack --run)"
    case .needsStarts: "give it starts, inputs that the model assigns to the class"
    case .noStart: "give data with examples of that class"
    case .surrogate: "give a surrogate for the same task"
    case .needsClasses:
      "measure lds in its place, which asks how far the predictions of all labels can be moved"
    }
  }
}

extension PerturbationError {
  /// Checks that inputs can be moved.
  static func requireNumbers(_ inputs: Tensor) throws(PerturbationError) {
    guard inputs.dtype != .int64 else { throw .inputsDoNotMove }
  }
}
