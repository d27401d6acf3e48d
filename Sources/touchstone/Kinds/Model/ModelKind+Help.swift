import Runs

extension ModelKind {
  static var help: [String: String] {
    var help = own
    for (key, text) in TemplateKind.help {
      let copied = ["data", "oracle", "encoders.perception"]
      if copied.contains(where: { key == $0 || key.hasPrefix("\($0).") }) { help[key] = text }
      for role in ["attack", "verification"] where key.hasPrefix("encoders.system.") {
        help["encoders.\(role)" + key.dropFirst("encoders.system".count)] = text
      }
      if key.hasPrefix("network") || key.hasPrefix("noise") { help["prior.\(key)"] = text }
      if key.hasPrefix("reconstruction.sampler") {
        help["sampling" + key.dropFirst("reconstruction".count)] = text
      }
    }
    for (key, text) in TrainingKind.help where key.hasPrefix("training") {
      let rest = key.dropFirst("training".count)
      for place in [
        "target.training", "evaluator.training", "prior.training", "prior.base",
        "fineTuning.training",
      ] where help[place + rest] == nil {
        help[place + rest] = text
      }
    }
    for role in ["target", "evaluator"] {
      for (key, text) in classifier { help["\(role).\(key)"] = text }
    }
    for (key, text) in help where key.hasPrefix("losses.classifier.") {
      help["reconstruction" + key.dropFirst("losses".count)] = text
    }
    for loss in ["prior", "classifier", "identity", "perception", "regularisation"] {
      help["losses.\(loss).weight"] = "Its weight over the run; 0 leaves it out."
      help["losses.\(loss).learned"] = "Whether its weight is learned in place of that."
    }
    return help
  }

  private static let classifier = [
    "path": "The folder of a run of touchstone train, or a TorchScript file; trained by default.",
    "model": "The name of the network.",
    "options": "Numbers that change it, such as width.",
    "shift": "By how many pixels images are shifted at most, at random.",
    "flip": "Whether images are mirrored at random.",
    "seed": "The seed of its weights and order; the run's seed is added to the target's.",
    "defence": "What defends it against inversion; nothing by default.",
    "defence.kind": "Which defence.",
    "defence.strength": "How strong it is, in the unit of its kind.",
    "defence.size": "The number of coordinates of the bottleneck.",
    "defence.draws": "How often a network with a bottleneck draws when it answers; 0 for its mean.",
    "defence.dependence": "How dependence is measured: hsic or coco.",
    "defence.labelWeight":
      "The weight of dependence on labels; ten times that on inputs by default.",
    "defence.initial": "Left out: layers are transferred from a network that is trained here.",
    "defence.clip": "The length that DP-SGD shortens gradients to.",
    "defence.delta": "The delta that DP-SGD tells epsilon for.",
    "defence.slope": "What gradients go through where answers are changed.",
  ]

  private static let own = [
    "publicSource":
      "Where public people are, beside a source that has private ones alone: a folder or an archive.",
    "heldOut":
      "How many images of each private person are kept from the target, where there is no test part.",
    "target": "The audited classifier.",
    "evaluator": "What judges: another network with the same classes.",
    "encoders": "The encoders in their roles, trained on public people.",
    "encoders.attack": "What losses of identity are computed with.",
    "encoders.verification": "The verification system that judges.",
    "prior": "The prior of the target's classes.",
    "prior.vectors": "The width of the vectors of classes.",
    "prior.dataDeviation": "The standard deviation of images in [-1, 1]; measured by default.",
    "prior.chosen": "How many public images the target chooses for each class.",
    "prior.share": "The share of chosen images in a batch; the others have no class.",
    "prior.dropout": "The probability with which a chosen image loses its class.",
    "prior.base": "How it learns public images, without classes.",
    "prior.training": "How it learns classes, from there.",
    "prior.seed": "The seed of the first stage, which is trained once for all runs.",
    "losses": "The five losses.",
    "losses.learnedStart": "Where the logarithms of variances of learned weights begin.",
    "losses.prior": "How far the prior is from knowing public images.",
    "losses.prior.importance": "How much each noise level counts.",
    "losses.prior.cosine": "The share of the cosine of noise, at most 0.1.",
    "losses.classifier": "How far the target is from taking made images for their classes.",
    "losses.classifier.kind": "The loss on logits.",
    "losses.classifier.k": "How many rivals count; by the number of classes by default.",
    "losses.classifier.printedK": "Whether that number is chosen as the note prints it.",
    "losses.classifier.reduction": "What becomes of the rivals: mean or max.",
    "losses.classifier.margin": "The margin of softplus, in logits.",
    "losses.classifier.featureWeight": "The share of features of logitFeatures.",
    "losses.classifier.features": "Which public features those are to be near.",
    "losses.classifier.centres": "Where feature centres come from: none, fixed, moving or learned.",
    "losses.classifier.decay": "How much of an old centre is kept, of those that move.",
    "losses.classifier.centreShare": "How much the distance to centres counts.",
    "losses.classifier.angle": "The margin of the angle in radians; no such summand by default.",
    "losses.classifier.angleShare": "How much that counts.",
    "losses.identity": "How far made images are from what is known of the people.",
    "losses.identity.kind": "The distance: cosine, hinge or infonce.",
    "losses.identity.source": "Where people are known from; never a private image.",
    "losses.identity.margin": "The margin of the hinge, of the cosine.",
    "losses.identity.temperature": "The temperature of infonce.",
    "losses.perception": "How far made images are from public source images.",
    "losses.perception.attributes": "The share of pose, expression and light.",
    "losses.perception.layers": "The share of layers.",
    "losses.perception.diversity": "The share of diversity.",
    "losses.perception.enough": "The variance that is enough.",
    "losses.regularisation": "How far what is learned is from where it started.",
    "losses.regularisation.lengths": "The share of lengths of vectors of classes.",
    "losses.regularisation.lowRank": "Weights of layers by the ends of their names.",
    "losses.regularisation.others": "The weight of all other layers.",
    "fineTuning": "How the prior is fine-tuned for the target.",
    "fineTuning.enabled": "Whether it is.",
    "fineTuning.images": "How images for the losses are made: samples or denoised.",
    "fineTuning.samplingSteps": "Steps of sampling for that.",
    "fineTuning.highest": "The highest noise level of that.",
    "fineTuning.guidance": "How far the class is exaggerated for that.",
    "fineTuning.rank": "The rank of low-rank changes.",
    "fineTuning.alpha": "What their product is scaled by, times the rank.",
    "fineTuning.training": "How it goes.",
    "sampling": "How the prior is sampled.",
    "sampling.guidance": "How far the class is exaggerated; 1 takes it as it is.",
    "sampling.targetWeight": "How much samples led by the target follow it; 0 leaves the row out.",
    "sampling.sampler": "How images are sampled.",
    "reconstruction": "How images themselves are optimised.",
    "reconstruction.iterations":
      "Iterations, of a step against the prior and one against the target.",
    "reconstruction.stepSize": "The step size of Adamax.",
    "reconstruction.firstLevel": "The noise level of the first iterations.",
    "reconstruction.lastLevel": "The noise level of the last ones.",
    "reconstruction.jitter": "The deviation of the logarithm of levels about their way.",
    "reconstruction.guidance": "How far the class is exaggerated.",
    "reconstruction.balance": "How long the target's gradient may be, in lengths of the prior's.",
    "reconstruction.decay": "How much of the mean length is kept from iteration to iteration.",
    "reconstruction.copies": "How many shifted copies the target sees.",
    "reconstruction.shift": "By how many pixels they are shifted at most.",
    "reconstruction.classifier":
      "The loss of images, where it is not losses.classifier; the same settings without a weight.",
    "reconstruction.identity": "How much the loss of identity counts beside the classifier's.",
    "reconstruction.restartLevel": "The noise level that finished images are denoised from.",
    "reconstruction.restartSteps": "Steps of that; none when 0.",
    "reconstruction.polishRadius": "The radius in L2 of the polishing; 0 leaves the row out.",
    "reconstruction.polishSteps": "Steps of the polishing.",
    "latent": "How the noise that sampling starts from is searched.",
    "latent.iterations": "Iterations; 0 leaves the row out.",
    "latent.steps": "Steps of sampling from noise to image.",
    "latent.stepSize": "The step size of Adamax.",
    "latent.guidance": "How far the class is exaggerated.",
    "miFace": "How MI-Face goes.",
    "miFace.iterations": "The most steps an image takes; 0 leaves the rows out.",
    "miFace.rate": "Its step size.",
    "count": "Images of each class in every row.",
    "rows": "The rows that are made, by name; all by default.",
    "extractsKnowledge": "Whether a fresh network learns from each row, to say what it teaches.",
    "resamples": "Resamples of every bootstrap.",
    "pictures": "Whether reports have pictures; of drawn people alone by default.",
    "seed": "The seed of target and attack.",
    "threads": "Threads inside one operator; the same number gives the same bits.",
  ]
}
