"""The words of the generated device pages, in English and Chinese."""

from types import MappingProxyType
from typing import Final, Literal

Language = Literal["en", "zh"]

LABELS: Final = MappingProxyType(
    {
        "profile": ("Profile", "配置文件"),
        "other": ("中文", "English"),
        "untried": (
            "Not tried on hardware: compare it with your device before you rely on it.",
            "未经实物验证：使用前请与设备核对。",
        ),
        "sources": ("Sources", "来源"),
        "grades": (
            "A: vendor's page seen. B: maintained open-source driver. C: third-party list.",
            "A：已查阅厂商手册页。B：有维护的开源驱动。C：第三方列表。备注保留原文。",
        ),
        "document": ("document", "文件"),
        "page": ("page", "页"),
        "grade": ("grade", "等级"),
        "key": ("key", "代号"),
        "note": ("note", "备注"),
        "line": ("On the line", "通信"),
        "unit_id": ("unit id", "单元标识"),
        "function": ("function", "功能码"),
        "word_order": ("word order", "字序"),
        "max_registers": ("most registers a read", "每次最多寄存器数"),
        "gap_registers": ("undeclared registers read through", "可跨读的未声明寄存器数"),
        "aligned_reads": ("reads must begin and end with a value", "读取须与数值边界对齐"),
        "reads": ("reads for all channels", "读取全部通道的请求数"),
        "yes": ("yes", "是"),
        "no": ("no", "否"),
        "parameters": ("Parameters", "参数"),
        "default": ("default", "默认值"),
        "unit": ("unit", "单位"),
        "meaning": ("meaning", "含义"),
        "configure": ("Configure the agent", "配置代理"),
        "channels": ("Channels", "通道"),
        "addresses": (
            "Addresses are those of the frame, from 0. * must be answered.",
            "地址为帧内地址，从 0 开始。带 * 的通道必须有应答。",
        ),
        "channel": ("channel", "通道"),
        "quantity": ("quantity", "量"),
        "counts": ("counts", "计量方式"),
        "address": ("address", "地址"),
        "speed": ("serial line", "串行口"),
        "required": ("* must be answered.", "带 * 的通道必须有应答。"),
        "format": ("format", "格式"),
        "scale": ("scale", "比例"),
        "none": ("no value", "无值"),
        "source": ("source", "来源"),
        "status": ("Status words", "状态字"),
        "word": ("word", "状态字"),
        "when": ("bits or values", "位或取值"),
        "condition": ("condition", "状态"),
        "all": ("all", "全部"),
        "step": ("step", "分度"),
        "overflow": ("overflow at", "溢出于"),
        "range": ("range", "范围"),
        "stop": (".", "。"),
        "bits": ("bit", "位"),
        "values": ("value", "值"),
        "normal": ("normal", "正常"),
        "identity": ("Identity", "设备标识"),
        "what": ("what", "内容"),
        "where": ("where", "位置"),
        "expected": ("expected", "期望"),
        "object": ("object", "对象"),
        "text": ("text", "文本"),
        "settings": ("Settings read back", "回读设定"),
        "setting": ("setting", "设定"),
        "accuracy": ("Accuracy as documented", "文件所述准确度"),
        "devices": ("Devices", "设备"),
        "device": ("device", "设备"),
        "generated": (
            "These pages are written by `carbonmeter profile page --all`; a test compares them.",
            "本目录由 `carbonmeter profile page --all` 生成，并有测试核对。",
        ),
        "how": (
            "How to read and write profiles: [device profiles](../device-profiles.md).",
            "读写配置文件的方法（英文）：[device profiles](../device-profiles.md)。",
        ),
    }
)

KINDS_ZH: Final = MappingProxyType(
    {
        "active_energy": "有功电能",
        "reactive_energy": "无功电能",
        "apparent_energy": "视在电能",
        "active_power": "有功功率",
        "reactive_power": "无功功率",
        "apparent_power": "视在功率",
        "voltage": "电压",
        "current": "电流",
        "frequency": "频率",
        "power_factor": "功率因数",
        "volume": "体积",
        "volume_flow": "体积流量",
        "mass": "质量",
        "mass_flow": "质量流量",
        "heat": "热量",
        "thermal_power": "热功率",
        "temperature": "温度",
        "pressure": "压力",
        "density": "密度",
        "velocity": "流速",
        "amount_fraction": "物质的量分数",
        "mass_concentration": "质量浓度",
        "relative_humidity": "相对湿度",
        "nominal_property": "标称特性",
    }
)

ACCUMULATIONS_ZH: Final = MappingProxyType({"register": "累计", "rate": "瞬时", "interval": "时段"})

CONDITIONS_ZH: Final = MappingProxyType(
    {
        "maintenance": "维护",
        "calibrating": "校准",
        "fault": "故障",
        "warning": "警告",
        "invalid": "无效",
        "over_range": "超量程",
        "standby": "待机",
        "blow_back": "反吹",
        "unlisted": "未列出",
    }
)


def label(word: str, language: Language) -> str:
    """The label `word` in a language."""
    english, chinese = LABELS[word]
    return chinese if language == "zh" else english


def kind(name: str, language: Language) -> str:
    """A kind of quantity as the page names it."""
    return KINDS_ZH.get(name, name) if language == "zh" else name.replace("_", " ")


def accumulation(name: str, language: Language) -> str:
    """How a channel relates to time, as the page names it."""
    return ACCUMULATIONS_ZH.get(name, name) if language == "zh" else name


def condition(name: str, language: Language) -> str:
    """A condition as the page names it."""
    return CONDITIONS_ZH.get(name, name) if language == "zh" else name.replace("_", " ")
