"""What can be wrong with a model's inputs: stable codes, in English and Chinese."""

from calibration.errors import CalibrationError


class MeasurementModelError(CalibrationError):
    """A measurement model cannot be evaluated with these inputs."""

    code = "E_MEASUREMENT_MODEL"


class ModelUnknownError(MeasurementModelError):
    """A model is named that is not in the closed list."""

    code = "E_MODEL_UNKNOWN"
    en = "there is no model '{found}'; name one of: {limit}"
    zh = "没有名为 '{found}' 的模型；可用模型：{limit}"


class ModelFormError(MeasurementModelError):
    """A model is asked for in a way that it does not have."""

    code = "E_MODEL_FORM"
    en = "'{found}' is no {limit}; give it one value for each input, or choose another model"
    zh = "'{found}' 不是 {limit}；请为每个输入量给出一个值，或选择其他模型"


class InputMissingError(MeasurementModelError):
    """An input that the model needs is not given."""

    code = "E_MODEL_INPUT_MISSING"
    en = "'{name}' is not given ({means}); the model needs: {limit}"
    zh = "未给出 '{name}'（{means}）；该模型需要：{limit}"


class InputSuperfluousError(MeasurementModelError):
    """An input is given that the model does not have."""

    code = "E_MODEL_INPUT_SUPERFLUOUS"
    en = "'{name}' is no input of the model; its inputs are: {limit}"
    zh = "'{name}' 不是该模型的输入量；输入量为：{limit}"


class InputRangeError(MeasurementModelError):
    """An input's value cannot be."""

    code = "E_MODEL_INPUT_RANGE"
    en = "'{name}' is {value}{unit}; it must be {limit}: check sign and unit"
    zh = "'{name}' 为 {value}{unit}；必须满足 {limit}：请检查符号与单位"


class InputCountError(MeasurementModelError):
    """The inputs of a sum are not given equally often, or there are too few."""

    code = "E_MODEL_INPUT_COUNT"
    en = "'{name}' is given {found} times; it must be {limit}"
    zh = "'{name}' 给出了 {found} 个值；必须为 {limit}"


class ConditionsUnknownError(MeasurementModelError):
    """A gas quantity does not say for which conditions it holds."""

    code = "E_MODEL_CONDITIONS_UNKNOWN"
    en = "'{name}' does not say whether it is wet or dry, and at which conditions; it must: {limit}"
    zh = "'{name}' 未说明湿基或干基及参比条件；须说明：{limit}"


class MoistureBasisError(MeasurementModelError):
    """A wet quantity stands where a dry one is asked for, or the reverse."""

    code = "E_MODEL_WET_DRY"
    en = (
        "'{name}' is {found}, the model asks for {limit}; convert it by its measured moisture first"
    )
    zh = "'{name}' 为{found}，模型要求{limit}；请先用实测湿度换算"


class ReferenceStateError(MeasurementModelError):
    """A gas quantity is stated for another temperature or pressure than the model asks for."""

    code = "E_MODEL_REFERENCE_STATE"
    en = "'{name}' is stated for {found}, the model asks for {limit}; convert it first"
    zh = "'{name}' 的参比条件为 {found}，模型要求 {limit}；请先换算"


class ReferenceOxygenError(MeasurementModelError):
    """A value that was converted to reference oxygen enters a model that is not for limits."""

    code = "E_MODEL_REFERENCE_OXYGEN"
    en = (
        "'{name}' was converted to {found} % reference O2, which is for limits only; "
        "give the measured concentration"
    )
    zh = "'{name}' 已折算到基准氧含量 {found} %，仅用于限值判定；请给出实测浓度"


class ModelValueError(MeasurementModelError):
    """The model has no value, or no derivative, at the inputs."""

    code = "E_MODEL_NOT_FINITE"
    en = "'{found}' is not finite at these inputs; check those that stand below a fraction line"
    zh = "在这些输入值处 '{found}' 不是有限数；请检查分母中的输入量"


class ConstantsUnknownError(MeasurementModelError):
    """A set of constants is named that is not in the closed list."""

    code = "E_MODEL_CONSTANTS_UNKNOWN"
    en = "there is no set of constants '{found}'; name one of: {limit}"
    zh = "没有名为 '{found}' 的常数组；可用常数组：{limit}"


class ConstantMissingError(MeasurementModelError):
    """A set of constants lacks one that the model's formula names."""

    code = "E_MODEL_CONSTANT_MISSING"
    en = "the constants '{found}' have no '{name}'; take a set that has: {limit}"
    zh = "常数组 '{found}' 中没有 '{name}'；请选用包含以下常数的组：{limit}"


class FactorUnknownError(MeasurementModelError):
    """A factor is named that is not in the table."""

    code = "E_MODEL_FACTOR_UNKNOWN"
    en = "there is no factor '{found}' for '{name}'; name one of: {limit}"
    zh = "'{name}' 没有名为 '{found}' 的因子；可用因子：{limit}"


class InputTextError(MeasurementModelError):
    """An argument of the command is not NAME=VALUE."""

    code = "E_MODEL_INPUT_TEXT"
    en = "'{found}' cannot be read; write it like {limit}"
    zh = "无法读取 '{found}'；请写成 {limit}"


class NotInForceError(MeasurementModelError):
    """A coefficient of calibration is used outside the time for which it holds."""

    code = "E_MODEL_NOT_IN_FORCE"
    en = "'{name}' of certificate {found} holds for {limit} and not then; give the one in force"
    zh = "证书 {found} 的 '{name}' 有效期为 {limit}，不含该时刻；请给出当时有效的值"


class SteamRangeError(MeasurementModelError):
    """IAPWS-IF97 does not extend to this state."""

    code = "E_STEAM_RANGE"
    en = "water or steam at {found} is outside IAPWS-IF97; it must be {limit}: check the units"
    zh = "{found} 处的水或水蒸气超出 IAPWS-IF97 范围；必须满足 {limit}：请检查单位"


class RootNoiseError(MeasurementModelError):
    """A pressure difference scatters too much for the mean of its roots to be corrected."""

    code = "E_MODEL_ROOT_NOISE"
    en = "the scatter is {found} of the mean; it must be {limit}: average before taking the root"
    zh = "离散为平均值的 {found} 倍；必须满足 {limit}：请先平均再开方"


class DerivedInputError(MeasurementModelError):
    """A computed channel's hour is not made of one hour of each of its inputs."""

    code = "E_DERIVED_INPUT"
    en = "its hour cannot be computed: {found}; each input is needed once, of the same hour"
    zh = "无法计算该小时：{found}；每个输入量须恰好给出一次且属于同一小时"


class DerivedChannelError(MeasurementModelError):
    """A computed channel has the name of one that an instrument shows."""

    code = "E_DERIVED_CHANNEL"
    en = "'{found}' reads a channel of that name; give the computed channel another one"
    zh = "'{found}' 已采集同名通道；请为计算通道另取名称"


class DeclaredInputError(MeasurementModelError):
    """A number that a computed channel needs is not in force at an instant."""

    code = "E_DERIVED_SETTING"
    en = "{name}: {found} for '{subject}' at {at}; record a setting '{kind}' that holds then"
    zh = "{name}：'{subject}' 在 {at} {found}；请登记届时有效的 '{kind}' 设定"


class DerivedLimitError(MeasurementModelError):
    """An agent says of more channels than are computed for one how they are computed."""

    code = "E_DERIVED_LIMIT"
    en = "{found} channels are to be computed; {limit} are, and '{name}' is the first that is not"
    zh = "要求计算 {found} 个通道；只计算 {limit} 个，'{name}' 起不再计算"
