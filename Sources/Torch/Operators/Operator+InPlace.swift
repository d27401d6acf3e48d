// Schemas of libtorch 2.13, checked against the library by a test.
extension Operator {
  package static let addTensorInPlace = Operator(
    """
    aten::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)
    """)
  package static let addScalarInPlace = Operator(
    """
    aten::add_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)
    """)
  package static let subTensorInPlace = Operator(
    """
    aten::sub_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)
    """)
  package static let mulTensorInPlace = Operator(
    """
    aten::mul_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)
    """)
  package static let mulScalarInPlace = Operator(
    """
    aten::mul_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)
    """)
  package static let divTensorInPlace = Operator(
    """
    aten::div_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)
    """)
  package static let copyInPlace = Operator(
    """
    aten::copy_(Tensor(a!) self, Tensor src, bool non_blocking=False) -> Tensor(a!)
    """)
  package static let zeroInPlace = Operator("aten::zero_(Tensor(a!) self) -> Tensor(a!)")
  package static let fillScalarInPlace = Operator(
    """
    aten::fill_.Scalar(Tensor(a!) self, Scalar value) -> Tensor(a!)
    """)
  package static let lerpScalarInPlace = Operator(
    """
    aten::lerp_.Scalar(Tensor(a!) self, Tensor end, Scalar weight) -> Tensor(a!)
    """)
  package static let addcmulInPlace = Operator(
    """
    aten::addcmul_(Tensor(a!) self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> \
    Tensor(a!)
    """)
  package static let addcdivInPlace = Operator(
    """
    aten::addcdiv_(Tensor(a!) self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> \
    Tensor(a!)
    """)
  package static let clampInPlace = Operator(
    """
    aten::clamp_(Tensor(a!) self, Scalar? min=None, Scalar? max=None) -> Tensor(a!)
    """)
  package static let sqrtInPlace = Operator("aten::sqrt_(Tensor(a!) self) -> Tensor(a!)")
  package static let signInPlace = Operator("aten::sign_(Tensor(a!) self) -> Tensor(a!)")
  package static let clampTensorInPlace = Operator(
    """
    aten::clamp_.Tensor(Tensor(a!) self, Tensor? min=None, Tensor? max=None) -> Tensor(a!)
    """)
  package static let normalInPlace = Operator(
    """
    aten::normal_(Tensor(a!) self, float mean=0., float std=1., *, Generator? generator=None) -> \
    Tensor(a!)
    """)
  package static let uniformInPlace = Operator(
    """
    aten::uniform_(Tensor(a!) self, float from=0., float to=1., *, Generator? generator=None) -> \
    Tensor(a!)
    """)
  package static let bernoulliFloatInPlace = Operator(
    """
    aten::bernoulli_.float(Tensor(a!) self, float p=0.5, *, Generator? generator=None) -> \
    Tensor(a!)
    """)
  package static let foreachMulScalarInPlace = Operator(
    """
    aten::_foreach_mul_.Scalar(Tensor(a!)[] self, Scalar scalar) -> ()
    """)
  package static let foreachAddListInPlace = Operator(
    """
    aten::_foreach_add_.List(Tensor(a!)[] self, Tensor[] other, *, Scalar alpha=1) -> ()
    """)
  package static let foreachNormScalar = Operator(
    """
    aten::_foreach_norm.Scalar(Tensor[] self, Scalar ord=2, ScalarType? dtype=None) -> Tensor[]
    """)
  package static let foreachLerpScalarInPlace = Operator(
    """
    aten::_foreach_lerp_.Scalar(Tensor(a!)[] self, Tensor[] tensors1, Scalar weight) -> ()
    """)
  package static let foreachCopyInPlace = Operator(
    """
    aten::_foreach_copy_(Tensor(a!)[] self, Tensor[] src, bool non_blocking=False) -> ()
    """)
  package static let fusedSgdInPlace = Operator(
    """
    aten::_fused_sgd_(Tensor(a!)[] self, Tensor(b!)[] grads, Tensor(c!)[] momentum_buffer_list, \
    *, float weight_decay, float momentum, float lr, float dampening, bool nesterov, bool \
    maximize, bool is_first_step, Tensor? grad_scale=None, Tensor? found_inf=None) -> ()
    """)
  package static let fusedAdamwInPlace = Operator(
    """
    aten::_fused_adamw_(Tensor(a!)[] self, Tensor(b!)[] grads, Tensor(c!)[] exp_avgs, \
    Tensor(d!)[] exp_avg_sqs, Tensor(e!)[] max_exp_avg_sqs, Tensor[] state_steps, *, float lr, \
    float beta1, float beta2, float weight_decay, float eps, bool amsgrad, bool maximize, \
    Tensor? grad_scale=None, Tensor? found_inf=None) -> ()
    """)
  package static let fusedAdamInPlace = Operator(
    """
    aten::_fused_adam_(Tensor(a!)[] self, Tensor(b!)[] grads, Tensor(c!)[] exp_avgs, \
    Tensor(d!)[] exp_avg_sqs, Tensor(e!)[] max_exp_avg_sqs, Tensor[] state_steps, *, float lr, \
    float beta1, float beta2, float weight_decay, float eps, bool amsgrad, bool maximize, \
    Tensor? grad_scale=None, Tensor? found_inf=None) -> ()
    """)

  static let inPlace: [Operator] = [
    .addTensorInPlace, .addScalarInPlace, .subTensorInPlace, .mulTensorInPlace, .mulScalarInPlace,
    .divTensorInPlace, .copyInPlace, .zeroInPlace, .fillScalarInPlace, .lerpScalarInPlace,
    .addcmulInPlace, .addcdivInPlace, .clampInPlace, .sqrtInPlace, .signInPlace,
    .clampTensorInPlace, .normalInPlace, .uniformInPlace, .bernoulliFloatInPlace,
    .foreachMulScalarInPlace, .foreachAddListInPlace, .foreachNormScalar, .foreachLerpScalarInPlace,
    .foreachCopyInPlace, .fusedSgdInPlace, .fusedAdamwInPlace, .fusedAdamInPlace,
  ]
}
