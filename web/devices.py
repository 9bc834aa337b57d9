"""What a browser calls itself, in words its owner knows: 手机 · 微信."""

from core.base.errors import Message

_DEVICES = (
    (("iphone", "ipod"), Message("iPhone")),
    (("ipad",), Message("iPad")),
    (("android", "harmonyos", "openharmony"), Message("Mobile phone")),
    (("windows",), Message("Windows computer")),
    (("macintosh", "mac os"), Message("Mac computer")),
    (("linux", "x11"), Message("Computer")),
)
_BROWSERS = (
    ("micromessenger", Message("WeChat")),
    ("dingtalk", Message("DingTalk")),
    ("alipayclient", Message("Alipay")),
    ("edg", Message("Edge")),
    ("firefox", Message("Firefox")),
    ("huaweibrowser", Message("Huawei browser")),
    ("miuibrowser", Message("Xiaomi browser")),
    ("ucbrowser", Message("UC browser")),
    ("mqqbrowser", Message("QQ browser")),
    ("chrome", Message("Chrome")),
    ("safari", Message("Safari")),
)
UNKNOWN = Message("Unknown device")


def words_of(agent: str) -> tuple[Message, Message | None]:
    """The kind of device and the browser, as far as the browser says; it may say anything."""
    said = agent.lower()
    device = next((name for words, name in _DEVICES if any(w in said for w in words)), UNKNOWN)
    return device, next((name for word, name in _BROWSERS if word in said), None)
