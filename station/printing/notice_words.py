"""The texts of the notices, in English and in Chinese."""

from __future__ import annotations

from station.printing.words import Words
from station.signals import Signal

JOIN = Words("Join this library", "加入本图书馆")
JOIN_SECRET = Words(
    "For one station, once, until {ends}. Until then this code is a secret.",
    "仅供一台站点使用一次，有效期至 {ends}。在此之前请勿让他人看到。",
)
JOIN_HOW = (
    Words(
        "1. Plug in the new station and its scanner, and wait for the red lamp that says: locked.",
        "1. 接通新站点和扫码枪的电源，等红灯亮起（表示尚未加入图书馆）。",
    ),
    Words(
        "2. Scan this code. The station fetches the library, and then its green lamp blinks slowly.",
        "2. 扫描此二维码。站点取得图书馆数据之后，绿灯缓慢闪烁。",
    ),
    Words("3. Tear up this page.", "3. 请撕毁本页。"),
    Words(
        "A scanner that only reads bar codes can't read it: use a camera or a 2D scanner.",
        "只能读一维条码的扫码枪无法识别，请用摄像头或二维扫码枪。",
    ),
)

POSTER = Words("Borrow and return", "自助借还")
POSTER_STEPS: tuple[tuple[Words, Signal, Words], ...] = (
    (
        Words("To borrow: your card, then your books.", "借书：先扫读者卡，再扫书。"),
        Signal.BORROWED,
        Words("It is yours.", "已借出。"),
    ),
    (
        Words("To return: the book alone.", "还书：只扫书。"),
        Signal.RETURNED,
        Words("It is back.", "已归还。"),
    ),
    (
        Words("To renew: your card, then the book that you have.", "续借：先扫读者卡，再扫手里的书。"),
        Signal.RENEWED,
        Words("You may keep it for longer.", "已续借。"),
    ),
    (
        Words("Done: your card again, or just go.", "结束：再扫一次读者卡，或直接离开。"),
        Signal.GOODBYE,
        Words("The next reader may begin.", "下一位可以开始。"),
    ),
)
"""What to do, what is then seen and heard, and what that means."""

POSTER_NO = Words("Sometimes it says no", "有时会被拒绝")
